// A cache of bounded size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace pathology::proxycore {

/// Values by key, at most `capacity` of them. The least recently used one is dropped.
///
/// Owns:   keys and values. A pointer to a value is valid until that value is dropped.
/// Thread: not thread-safe.
template <class Value> class RecentlyUsed {
public:
    /// At least 1.
    explicit RecentlyUsed(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}
    RecentlyUsed(RecentlyUsed const&) = delete;
    RecentlyUsed& operator=(RecentlyUsed const&) = delete;

    /// The value of the key, which counts as used now; nullptr if there is none.
    Value* find(std::string_view key) {
        if (!entries_.empty() && entries_.front().key == key) return &entries_.front().value;
        auto const found = places_.find(key);
        if (found == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &entries_.front().value;
    }

    /// Adds a value. Precondition: find() returned nullptr for the key.
    Value& keep(std::string key, Value value) {
        entries_.push_front({std::move(key), std::move(value)});
        places_.emplace(entries_.front().key, entries_.begin());
        if (entries_.size() > capacity_) forget_last();
        return entries_.front().value;
    }

    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::string key;
        Value value;
    };

    void forget_last() {
        places_.erase(entries_.back().key);
        entries_.pop_back();
    }

    std::size_t capacity_;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> places_;
};

}  // namespace pathology::proxycore
