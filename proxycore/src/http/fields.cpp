// All names and values of a message in one text, and a line of offsets for each field: two allocations for a head,
// not two for each field. Removed fields leave their bytes in the text; it is freed
// with the message.

#include <algorithm>
#include <functional>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::proxycore::http {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool points_into(std::string_view view, std::string const& text) {
    return std::greater_equal<>{}(view.data(), text.data()) && std::less<>{}(view.data(), text.data() + text.size());
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    // Equal characters are the common case and need no conversion.
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || lower(x) == lower(y); });
}

bool list_has_token(std::string_view list, std::string_view token) {
    for (;;) {
        auto const comma = list.find(',');
        if (equals_ignoring_case(trimmed(list.substr(0, comma)), token)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

std::optional<std::string_view> common_length(Fields const& fields) {
    std::optional<std::string_view> length;
    for (auto const field : fields) {
        if (!equals_ignoring_case(field.name, "Content-Length")) continue;
        for (auto rest = std::optional(field.value); rest;) {
            auto const comma = rest->find(',');
            auto const member = trimmed(rest->substr(0, comma));
            bool const is_number = !member.empty() && member.find_first_not_of("0123456789") == std::string_view::npos;
            if (!is_number || (length && *length != member)) return std::nullopt;
            length = member;
            rest = comma == std::string_view::npos ? std::nullopt : std::optional(rest->substr(comma + 1));
        }
    }
    return length;
}

Fields::Fields(std::initializer_list<Field> fields) {
    for (auto const& field : fields) add(field.name, field.value);
}

void Fields::add(std::string_view name, std::string_view value) { lines_.push_back(append(name, value)); }

Fields::Line Fields::append(std::string_view name, std::string_view value) {
    // Growing moves the text, so arguments that point into it are copied first.
    if (points_into(name, text_) || points_into(value, text_)) return append(std::string(name), std::string(value));
    Line const line{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(text_.size() + name.size()), static_cast<std::uint32_t>(value.size())};
    text_.append(name).append(value);
    return line;
}

void Fields::set(std::string_view name, std::string_view value) {
    auto const is_named = [&](Line const& line) {
        return equals_ignoring_case({text_.data() + line.name_at, line.name_size}, name);
    };
    auto const first = std::find_if(lines_.begin(), lines_.end(), is_named);
    if (first == lines_.end()) return add(name, value);
    lines_.erase(std::remove_if(first + 1, lines_.end(), is_named), lines_.end());
    Line const fresh = append({}, value);
    // The name stays where it is, with its spelling.
    first->value_at = fresh.value_at;
    first->value_size = fresh.value_size;
}

void Fields::set_all(std::string_view name, std::span<std::string_view const> values) {
    std::vector<std::string> const kept(values.begin(), values.end());  // the text moves while it grows
    std::string const kept_name(name);
    std::size_t used = 0;
    std::vector<Line> lines;
    for (auto line : lines_) {
        if (equals_ignoring_case({text_.data() + line.name_at, line.name_size}, kept_name)) {
            if (used == kept.size()) continue;
            Line const fresh = append({}, kept[used++]);
            line.value_at = fresh.value_at;
            line.value_size = fresh.value_size;
        }
        lines.push_back(line);
    }
    lines_ = std::move(lines);
    while (used < kept.size()) add(kept_name, kept[used++]);
}

void Fields::insert(std::size_t index, std::string_view name, std::string_view value) {
    auto const line = append(name, value);
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(std::min(index, lines_.size())), line);
}

std::size_t Fields::remove(std::string_view name) {
    return remove_if([&](Field const& field) { return equals_ignoring_case(field.name, name); });
}

void Fields::clear() {
    text_.clear();
    lines_.clear();
}

std::optional<std::string_view> Fields::first(std::string_view name) const {
    for (auto const field : *this)
        if (equals_ignoring_case(field.name, name)) return field.value;
    return std::nullopt;
}

std::vector<std::string_view> Fields::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (auto const field : *this)
        if (equals_ignoring_case(field.name, name)) values.push_back(field.value);
    return values;
}

std::optional<std::string> Fields::joined(std::string_view name) const {
    std::optional<std::string> list;
    for (auto const value : all(name)) {
        if (list)
            list->append(", ").append(value);
        else
            list.emplace(value);
    }
    return list;
}

std::vector<std::string_view> Fields::names() const {
    std::vector<std::string_view> names;
    for (auto const field : *this) {
        auto const is_this = [&](std::string_view name) { return equals_ignoring_case(name, field.name); };
        if (std::none_of(names.begin(), names.end(), is_this)) names.push_back(field.name);
    }
    return names;
}

bool Fields::has_token(std::string_view name, std::string_view token) const {
    return std::any_of(begin(), end(), [&](Field const& field) {
        return equals_ignoring_case(field.name, name) && list_has_token(field.value, token);
    });
}

Field Fields::operator[](std::size_t index) const { return field_of(lines_[index]); }

bool Fields::operator==(Fields const& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

}  // namespace pathology::proxycore::http
