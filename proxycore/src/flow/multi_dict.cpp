#include <pathology/proxycore/flow/multi_dict.hpp>

#include <algorithm>

namespace pathology::proxycore::flow {

std::optional<std::string> MultiDict::get(std::string_view name) const {
    for (auto const& [key, value] : items_)
        if (key == name) return value;
    return std::nullopt;
}

std::vector<std::string> MultiDict::get_all(std::string_view name) const {
    std::vector<std::string> values;
    for (auto const& [key, value] : items_)
        if (key == name) values.push_back(value);
    return values;
}

std::vector<std::string> MultiDict::keys() const {
    std::vector<std::string> keys;
    for (auto const& [key, value] : items_)
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    return keys;
}

std::map<std::string, std::vector<std::string>> MultiDict::to_map() const {
    std::map<std::string, std::vector<std::string>> map;
    for (auto const& [key, value] : items_) map[key].push_back(value);
    return map;
}

void MultiDict::set(std::string_view name, std::string_view value) { set_all(name, {std::string(value)}); }

void MultiDict::set_all(std::string_view name, std::vector<std::string> const& values) {
    Items items;
    // New values take the positions of the old ones; what is left over goes to the end.
    std::size_t used = 0;
    for (auto& item : items_) {
        if (item.first != name) {
            items.push_back(std::move(item));
        } else if (used < values.size()) {
            items.emplace_back(std::move(item.first), values[used++]);
        }
    }
    while (used < values.size()) items.emplace_back(name, values[used++]);
    items_ = std::move(items);
}

void MultiDict::add(std::string_view name, std::string_view value) { items_.emplace_back(name, value); }

void MultiDict::insert(std::size_t index, std::string_view name, std::string_view value) {
    items_.emplace(items_.begin() + static_cast<std::ptrdiff_t>(std::min(index, items_.size())), name, value);
}

std::size_t MultiDict::remove(std::string_view name) {
    return std::erase_if(items_, [&](Item const& item) { return item.first == name; });
}

// --- the view --------------------------------------------------------------------------------------------------------

// Each change reads the whole dictionary, changes it, and writes it back: the message is the only state.
void MultiDictView::set(std::string_view name, std::string_view value) {
    auto items = read_();
    items.set(name, value);
    write_(items);
}

void MultiDictView::set_all(std::string_view name, std::vector<std::string> const& values) {
    auto items = read_();
    items.set_all(name, values);
    write_(items);
}

void MultiDictView::add(std::string_view name, std::string_view value) {
    auto items = read_();
    items.add(name, value);
    write_(items);
}

void MultiDictView::insert(std::size_t index, std::string_view name, std::string_view value) {
    auto items = read_();
    items.insert(index, name, value);
    write_(items);
}

std::size_t MultiDictView::remove(std::string_view name) {
    auto items = read_();
    auto const removed = items.remove(name);
    write_(items);
    return removed;
}

}  // namespace pathology::proxycore::flow
