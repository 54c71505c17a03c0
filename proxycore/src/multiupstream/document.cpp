#include "multiupstream/document.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <pathology/proxycore/ascii.hpp>
#include <span>
#include <unordered_set>
#include <utility>

namespace pathology::proxycore::multiupstream {
namespace {

constexpr std::size_t max_depth = 32;
constexpr std::size_t max_values = 500'000;  // of a file, with the copies that aliases make

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool all(std::string_view text, bool (*is_digit)(char)) { return !text.empty() && std::ranges::all_of(text, is_digit); }

bool is_real(std::string_view text) {
    if (is_one_of(text, {".inf", ".Inf", ".INF"})) return true;
    if (text.empty() || !(ascii::is_digit(text.front()) || text.front() == '.')) return false;
    double ignored = 0;
    auto const* const end = text.data() + text.size();
    return std::from_chars(text.data(), end, ignored).ptr == end;  // also one that is too large for a double
}

}  // namespace

Value::Value(Kind its_kind, std::size_t its_line, std::string its_text)
    : kind(its_kind), line(its_line), text(std::move(its_text)) {}

std::string_view describe(Value::Kind kind) {
    constexpr std::array<std::string_view, 7> words{"nothing", "true or false", "an integer", "a number",
                                                    "text",    "a list",        "a mapping"};
    return words[static_cast<std::size_t>(kind)];
}

Value::Kind classify(std::string_view plain) {
    using enum Value::Kind;
    if (is_one_of(plain, {"true", "True", "TRUE", "false", "False", "FALSE"})) return boolean;
    if (plain.starts_with("0x") && all(plain.substr(2), [](char c) { return ascii::hex_value(c) >= 0; }))
        return integer;
    if (plain.starts_with("0o") && all(plain.substr(2), [](char c) { return c >= '0' && c <= '7'; })) return integer;
    bool const has_sign = plain.starts_with('-') || plain.starts_with('+');
    auto const digits = plain.substr(has_sign ? 1 : 0);
    if (all(digits, ascii::is_digit)) return integer;
    return is_real(digits) || is_one_of(plain, {".nan", ".NaN", ".NAN"}) ? real : text;
}

bool DocumentBuilder::fail(Place place, std::string message) {
    failure_ = DocumentFailure{place, std::move(message)};
    return false;
}

bool DocumentBuilder::count(std::size_t values, std::size_t height, Place place) {
    values_ += values;
    if (values_ > max_values)
        return fail(place, "more than " + std::to_string(max_values) +
                               " values; an alias counts as all values that it stands for");
    if (open_.size() + height > max_depth)
        return fail(place, "lists and mappings are nested more than " + std::to_string(max_depth) + " levels deep");
    return true;
}

bool DocumentBuilder::begin(Value::Kind kind, Place place, std::size_t anchor) {
    if (!count(1, 1, place)) return false;
    open_.push_back({Value{kind, place.line}, anchor});
    return true;
}

bool DocumentBuilder::end() {
    auto ended = std::move(open_.back());
    open_.pop_back();
    Place const place{ended.value.line, 0};
    return merge(ended) && add(std::move(ended.value), ended.anchor, false, place);
}

bool DocumentBuilder::scalar(Scalar scalar, Place place, std::size_t anchor) {
    return count(1, 1, place) &&
           add(Value{scalar.kind, place.line, std::move(scalar.text)}, anchor, scalar.is_plain, place);
}

bool DocumentBuilder::alias(std::size_t anchor, Place place) {
    auto const value = anchors_.find(anchor);
    if (value == anchors_.end()) return fail(place, "an alias within the value that it stands for");
    return count(value->second.size, value->second.height, place) && add(value->second, 0, false, place);
}

bool DocumentBuilder::add(Value value, std::size_t anchor, bool is_plain, Place place) {
    if (anchor != 0) {
        if (!count(value.size, value.height, place)) return false;
        anchors_.insert_or_assign(anchor, value);
    }
    if (open_.empty()) {
        root_ = std::move(value);
        return true;
    }
    auto& parent = open_.back();
    parent.value.size += value.size;
    parent.value.height = std::max(parent.value.height, value.height + 1);
    if (parent.value.kind == Value::Kind::mapping) return add_to_mapping(parent, std::move(value), is_plain, place);
    parent.value.items.push_back(std::move(value));
    return true;
}

bool DocumentBuilder::add_to_mapping(Open& mapping, Value value, bool is_plain, Place place) {
    if (!mapping.entry) {
        if (value.kind >= Value::Kind::list)
            return fail(place, "expected a text as the key of a mapping, not " + std::string(describe(value.kind)));
        mapping.is_merge = is_plain && value.text == "<<";
        mapping.entry = Entry{std::move(value.text), value.line, {}};
    } else {
        mapping.entry->value = std::move(value);
        if (mapping.is_merge)
            mapping.merged.push_back(std::move(mapping.entry->value));
        else
            mapping.value.entries.push_back(*std::move(mapping.entry));
        mapping.entry.reset();
    }
    return true;
}

bool DocumentBuilder::merge(Open& mapping) {
    for (auto const& value : mapping.merged) {
        // The value of << is a mapping, or a list of them of which the first has precedence.
        bool const is_list = value.kind == Value::Kind::list;
        auto const sources = is_list ? std::span<Value const>(value.items) : std::span<Value const>(&value, 1);
        for (auto const& source : sources)
            if (!merge_mapping(mapping.value, source)) return false;
    }
    return true;
}

bool DocumentBuilder::merge_mapping(Value& target, Value const& source) {
    if (source.kind != Value::Kind::mapping)
        return fail({source.line, 0}, "<< merges mappings, not " + std::string(describe(source.kind)));
    if (!count(source.size + target.entries.size(), 0, {source.line, 0})) return false;
    std::unordered_set<std::string_view> own;
    for (auto const& entry : target.entries) own.insert(entry.key);
    std::vector<Entry> added;
    for (auto const& entry : source.entries)
        if (!own.contains(entry.key)) added.push_back(entry);
    std::ranges::move(added, std::back_inserter(target.entries));
    return true;
}

}  // namespace pathology::proxycore::multiupstream
