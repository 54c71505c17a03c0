// A list whose copies share their items until one of them is changed.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace pathology::proxycore::flow {

/// Reads as a `std::vector<T> const`. A copy costs one reference count; edit() or an assignment changes this list alone.
///
/// Thread: one at a time for each object; copies may belong to several threads.
template <class T> class SharedList {
public:
    using value_type = T;
    using size_type = std::size_t;
    using const_iterator = typename std::vector<T>::const_iterator;
    using iterator = const_iterator;

    SharedList() = default;
    SharedList(std::vector<T> items) {
        if (!items.empty()) items_ = std::make_shared<std::vector<T>>(std::move(items));
    }
    SharedList(std::initializer_list<T> items) : SharedList(std::vector<T>(items)) {}

    std::vector<T> const& items() const {
        static std::vector<T> const none;
        return items_ == nullptr ? none : *items_;
    }
    operator std::vector<T> const&() const { return items(); }
    /// The items of this list alone, to be changed. The reference is valid until the list is copied or assigned.
    std::vector<T>& edit() {
        if (items_ == nullptr || items_.use_count() > 1) items_ = std::make_shared<std::vector<T>>(items());
        return *items_;
    }

    const_iterator begin() const { return items().begin(); }
    const_iterator end() const { return items().end(); }
    size_type size() const { return items().size(); }
    bool empty() const { return items().empty(); }
    T const& operator[](size_type place) const { return items()[place]; }
    T const& front() const { return items().front(); }
    T const& back() const { return items().back(); }

    friend bool operator==(SharedList const& a, SharedList const& b) {
        return a.items_ == b.items_ || a.items() == b.items();
    }

private:
    std::shared_ptr<std::vector<T>> items_;  // nullptr: empty
};

}  // namespace pathology::proxycore::flow
