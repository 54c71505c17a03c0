// Objects that addons attach to flows and connections, beside the metadata.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace pathology::proxycore::flow {

/// One object for each owner. They belong to the flow or connection they are attached to: copies and snapshots of that
/// have none, assignment keeps those of the target, and they are not part of the state that is compared or saved.
///
/// Owns:   each object, shared with its other owners, until it is replaced, removed, or the flow or connection ends.
/// Thread: that of the flow or connection.
class Attachments {
public:
    Attachments() = default;
    Attachments(Attachments const& /*other*/) noexcept {}
    Attachments(Attachments&&) noexcept = default;
    Attachments& operator=(Attachments const& /*other*/) noexcept { return *this; }
    Attachments& operator=(Attachments&& /*other*/) noexcept { return *this; }
    ~Attachments() = default;

    /// Attaches the object of `owner` in place of the one before; nullptr removes it. `owner` is a key and is not
    /// dereferenced; an addon uses its own address.
    void set(void const* owner, std::shared_ptr<void> object) {
        std::erase_if(items_, [owner](Item const& item) { return item.first == owner; });
        if (object != nullptr) items_.emplace_back(owner, std::move(object));
    }
    /// nullptr if the owner has none. T must be the type that was attached.
    template <class T> std::shared_ptr<T> get(void const* owner) const {
        for (auto const& [its_owner, object] : items_)
            if (its_owner == owner) return std::static_pointer_cast<T>(object);
        return nullptr;
    }
    /// The objects of `other`, which both share, in place of those here.
    void copy_from(Attachments const& other) { items_ = other.items_; }
    bool empty() const { return items_.empty(); }

private:
    using Item = std::pair<void const*, std::shared_ptr<void>>;
    std::vector<Item> items_;
};

}  // namespace pathology::proxycore::flow
