// The specs that were asked for last, so that a client which repeats itself does not have them parsed anew.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "prepared.hpp"

namespace pathology::pathod {

/// Least recently used leaves first. Keys are spec URLs as sent, still encoded.
class CraftCache {
public:
    static constexpr std::size_t longest_key = 4096;

    explicit CraftCache(std::size_t capacity = 256) : capacity_(capacity) {}

    /// What was kept under this key; null = nothing.
    PreparedPtr find(std::string_view key);
    /// Keeps it, unless the key is too long to be worth it.
    void keep(std::string_view key, PreparedPtr prepared);
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string key;
        PreparedPtr prepared;
    };
    std::size_t capacity_;
    std::list<Entry> entries_;  // the last used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;
};

}  // namespace pathology::pathod
