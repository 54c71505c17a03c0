#include "multiupstream/fields.hpp"

#include <algorithm>
#include <charconv>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <unordered_map>

namespace pathology::proxycore::multiupstream {
namespace {

constexpr std::size_t max_mistakes = 1000;
constexpr std::size_t max_shown_name = 80;

/// The beginning of a key that can be the name of a field.
std::string_view name_part(std::string_view key) {
    auto const is_part = [](char c) { return ascii::is_alphanumeric(c) || c == '_' || c == '-'; };
    auto const end = std::find_if_not(key.begin(), key.end(), is_part);
    return key.substr(0, std::min<std::size_t>(static_cast<std::size_t>(end - key.begin()), max_shown_name));
}

/// An integer of the core schema; nothing if it is negative or too large.
std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x")) base = 16;
    if (text.starts_with("0o")) base = 8;
    if (base != 10) text.remove_prefix(2);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

}  // namespace

void Findings::add(std::vector<Mistake>& list, Mistake mistake) {
    if (list.size() < max_mistakes) list.push_back(std::move(mistake));
    if (list.size() == max_mistakes)
        list.back() = {list.back().file, 0, {}, "more mistakes than are listed here; correct those above first"};
}

Fields::Fields(Findings& findings, std::string const& file, std::string path, Value const& mapping)
    : findings_(&findings), file_(&file), path_(std::move(path)), mapping_(&mapping) {
    std::unordered_map<std::string_view, std::size_t> lines;
    for (auto const& entry : mapping.entries) {
        auto const [first, is_new] = lines.emplace(entry.key, entry.line);
        if (!is_new)
            findings_->report({file, entry.line, path_of(entry.key),
                               "the same key is on line " + std::to_string(first->second) + "; remove one of them"});
    }
}

std::string Fields::path_of(std::string_view name) const {
    auto const part = name_part(name);
    return path_.empty() || part.empty() ? path_ + std::string(part) : path_ + "." + std::string(part);
}

Value const* Fields::find(std::string_view name) const {
    auto const entry = std::ranges::find(mapping_->entries, name, &Entry::key);
    return entry == mapping_->entries.end() ? nullptr : &entry->value;
}

Value const* Fields::find(std::string_view name, Presence presence) {
    auto const* const value = find(name);
    if (value == nullptr && presence == Presence::required) report(name, "the field is missing");
    return value;
}

std::optional<std::string> Fields::read_text(std::string_view name, Presence presence) {
    auto const* const value = find(name, presence);
    if (value == nullptr) return std::nullopt;
    if (value->kind == Value::Kind::text) return value->text;
    bool const is_scalar = value->kind < Value::Kind::list && value->kind != Value::Kind::null;
    report_kind(name, is_scalar ? "text, which is written in quotes here" : "text", *value);
    return std::nullopt;
}

std::optional<std::string> Fields::read_word(std::string_view name, Presence presence) {
    auto text = read_text(name, presence);
    if (!text || !text->empty()) return text;
    report(name, "expected text, not an empty one");
    return std::nullopt;
}

std::optional<std::uint64_t> Fields::read_integer(std::string_view name, std::uint64_t min, std::uint64_t max,
                                                  Presence presence) {
    auto const* const value = find(name, presence);
    if (value == nullptr) return std::nullopt;
    auto const expected = "an integer from " + std::to_string(min) + " to " + std::to_string(max);
    if (value->kind == Value::Kind::integer) {
        auto const number = parse_unsigned(value->text);
        if (number && *number >= min && *number <= max) return number;
        report(name, "expected " + expected + ", not " + http::quoted(value->text));
    } else {
        report_kind(name, expected, *value);
    }
    return std::nullopt;
}

Value const* Fields::read_list(std::string_view name) {
    auto const* const value = find(name, Presence::required);
    if (value == nullptr) return nullptr;
    if (value->kind != Value::Kind::list)
        report_kind(name, "a list", *value);
    else if (value->items.empty())
        report(name, "expected at least one item in the list");
    else
        return value;
    return nullptr;
}

void Fields::refuse_all_but(std::initializer_list<std::string_view> known) {
    for (auto const& entry : mapping_->entries) {
        if (std::ranges::find(known, entry.key) != known.end()) continue;
        auto const rest = std::string_view(entry.key).substr(name_part(entry.key).size());
        findings_->report({*file_, entry.line, path_of(entry.key),
                           std::string("unknown field") +
                               (rest.starts_with(':') ? "; a blank follows the colon behind a name" : "") +
                               "; known are " + joined(known)});
    }
}

void Fields::report(std::string_view name, std::string message) {
    findings_->report(mistake(name, std::move(message)));
}

void Fields::warn(std::string_view name, std::string message) { findings_->warn(mistake(name, std::move(message))); }

void Fields::report_kind(std::string_view name, std::string_view expected, Value const& value) {
    report(name, "expected " + std::string(expected) + ", not " + std::string(describe(value.kind)));
}

Mistake Fields::mistake(std::string_view name, std::string message) const {
    auto const entry = std::ranges::find(mapping_->entries, name, &Entry::key);
    auto const line = entry == mapping_->entries.end() ? mapping_->line : entry->line;
    return {*file_, line, path_of(name), std::move(message)};
}

std::string joined(std::initializer_list<std::string_view> words) {
    std::string text;
    for (auto const word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

}  // namespace pathology::proxycore::multiupstream
