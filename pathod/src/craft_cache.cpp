#include "craft_cache.hpp"

namespace pathology::pathod {

PreparedPtr CraftCache::find(std::string_view key) {
    if (!entries_.empty() && entries_.front().key == key) return entries_.front().prepared;
    auto const found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->prepared;
}

void CraftCache::keep(std::string_view key, PreparedPtr prepared) {
    if (key.size() > longest_key || index_.contains(key)) return;
    entries_.push_front({std::string(key), std::move(prepared)});
    index_.emplace(entries_.front().key, entries_.begin());
    if (entries_.size() <= capacity_) return;
    index_.erase(entries_.back().key);
    entries_.pop_back();
}

}  // namespace pathology::pathod
