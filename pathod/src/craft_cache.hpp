// The specs that were asked for last, so that a client which repeats itself does not have them parsed anew.
#pragma once

#include <pathology/proxycore/recently_used.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "prepared.hpp"

namespace pathology::pathod {

/// Least recently used leaves first. Keys are spec URLs as sent, still encoded.
class CraftCache {
public:
    static constexpr std::size_t longest_key = 4096;

    explicit CraftCache(std::size_t capacity = 256) : entries_(capacity) {}

    /// What was kept under this key; null = nothing.
    PreparedPtr find(std::string_view key) {
        auto const* const found = entries_.find(key);
        return found != nullptr ? *found : nullptr;
    }
    /// Keeps it, unless the key is too long to be worth it.
    void keep(std::string_view key, PreparedPtr prepared) {
        if (key.size() <= longest_key && !find(key)) entries_.keep(std::string(key), std::move(prepared));
    }
    std::size_t size() const { return entries_.size(); }

private:
    proxycore::RecentlyUsed<PreparedPtr> entries_;
};

}  // namespace pathology::pathod
