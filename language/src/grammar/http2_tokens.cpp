// Scanners for words and numbers of HTTP/2 frames. They are written by hand and not in X3, since the decision needs a
// look at the next character: a number before `=` is a setting, the same number before `:` is a slot.
//
// A scanner moves its position behind the text that it has read, also if it fails then: callers work on a copy.

#include "grammar/http2_tokens.hpp"

namespace pathology::language::grammar {
namespace {

template <class Number> std::optional<std::uint32_t> as_number(std::optional<Number> found) {
    if (!found) return std::nullopt;
    return static_cast<std::uint32_t>(*found);
}

/// A named number of a payload, and its width in bytes.
struct Key {
    std::string_view name;
    std::uint8_t width;
};
constexpr Key keys[] = {{"ERROR", 4},      {"LAST_STREAM", 4}, {"PROMISED", 4},  {"INCREMENT", 4},
                        {"DEPENDENCY", 4}, {"WEIGHT", 1},      {"PAD_LENGTH", 1}};

Key const* find_key(std::string_view name) {
    auto const* found = std::find_if(std::begin(keys), std::end(keys), [&](Key key) { return key.name == name; });
    return found != std::end(keys) ? found : nullptr;
}

std::optional<std::uint32_t> error(std::string_view name) { return as_number(http2::error_code(name)); }
std::optional<std::uint32_t> flag(std::string_view name) { return as_number(http2::flag_bit(name)); }

constexpr FrameNumberParser flag_number{0xff, "flags up to 0xff", flag};
constexpr FrameNumberParser stream_number{0xffffffff, "a stream below 2^32"};
constexpr FrameNumberParser byte_value{0xff, "a number up to 0xff"};
constexpr FrameNumberParser word_value{0xffffffff, "a number below 2^32"};
constexpr FrameNumberParser error_value{0xffffffff, "an error code below 2^32", error};

/// The parser of the number after `KEY=`.
FrameNumberParser const& value_of(Key const& key) {
    if (key.name == "ERROR") return error_value;
    return key.width == 1 ? byte_value : word_value;
}

/// A setting's name or number, before `=`.
std::optional<std::uint32_t> scan_setting(Iterator& it, Iterator last, ErrorCollector& seen) {
    auto const* behind = it;
    auto const name = scan_word(it, last);
    std::optional<std::uint64_t> found;
    if (auto const known = http2::setting_id(name)) {
        found = static_cast<std::uint64_t>(*known);
        behind += name.size();
    } else {
        found = scan_number(behind, last);
    }
    auto const* after = behind;
    if (!found || !scan_char(after, last, '=')) return std::nullopt;
    if (*found > 0xffff) {
        seen.fail_hard(it, "a setting up to 0xffff");
        return std::nullopt;
    }
    it = behind;
    return static_cast<std::uint32_t>(*found);
}

/// Reads the number after `=`; appends its text, with the `=`.
std::optional<std::uint32_t> scan_value(FrameNumberParser const& value, Iterator& it, Iterator last,
                                        ErrorCollector& seen, std::string& text) {
    it = std::find_if_not(it, last, [](char c) { return blanks.find(c) != std::string_view::npos; });
    auto const* const begin = it;
    auto const found = value.scan(it, last, seen);
    if (found) {
        text.append("=").append(begin, it);
    } else {
        seen.expect(begin, "a number");
    }
    return found;
}

}  // namespace

std::optional<std::uint64_t> scan_number(Iterator& first, Iterator last) {
    auto const* it = first;
    unsigned base = 10;
    if (last - it > 2 && it[0] == '0' && it[1] == 'x') {
        base = 16;
        it += 2;
    }
    std::uint64_t read = 0;
    auto const* const begin = it;
    for (; it != last; ++it) {
        auto const digit = is_digit(*it)                            ? static_cast<unsigned>(*it - '0')
                           : base == 16 && *it >= 'a' && *it <= 'f' ? static_cast<unsigned>(*it - 'a') + 10
                           : base == 16 && *it >= 'A' && *it <= 'F' ? static_cast<unsigned>(*it - 'A') + 10
                                                                    : base;
        if (digit == base) break;
        // No number at all rather than a wrong one; the error names the place.
        if (read > (UINT64_MAX - digit) / base) return std::nullopt;
        read = read * base + digit;
    }
    if (it == begin) return std::nullopt;
    first = it;
    return read;
}

std::optional<std::uint32_t> FrameNumberParser::scan(Iterator& it, Iterator last, ErrorCollector& seen) const {
    if (it == last) return std::nullopt;
    if (!is_digit(*it)) {
        auto const name = scan_word(it, last);
        auto const found = lookup_ != nullptr ? lookup_(name) : std::nullopt;
        if (found) it += name.size();
        return found;
    }
    auto const* const begin = it;
    auto const read = scan_number(it, last);
    if (read && *read <= max_) return static_cast<std::uint32_t>(*read);
    auto const* behind = it;
    // A large number before `=` is an invalid setting, which its own scanner reports.
    auto const is_setting = read && scan_char(behind, last, '=');
    if (!is_setting) seen.fail_hard(begin, too_large_);
    return std::nullopt;
}

std::optional<FrameNumber> FlagsParser::scan(Iterator& first, Iterator last, ErrorCollector& seen) {
    FrameNumber flags;
    auto const* it = first;
    bool alone = true;
    for (auto const* begin = it; true; begin = it) {
        auto const bits = flag_number.scan(it, last, seen);
        if (!bits && !alone) seen.expect(begin, "a flag (such as END_STREAM)");
        if (!bits) return std::nullopt;
        flags.number |= *bits;
        flags.text.append(alone && begin == first ? "" : ",").append(begin, it);
        auto const* behind = it;
        if (!scan_char(behind, last, ',')) break;
        alone = false;
        it = std::find_if_not(behind, last, [](char c) { return blanks.find(c) != std::string_view::npos; });
    }
    auto const* behind = it;
    if (scan_char(behind, last, '=')) return std::nullopt;
    // `h2f:DATA:1:…` has a stream and no flags. A single number is the flags only if a stream follows.
    if (alone && is_digit(*first)) {
        if (!scan_char(behind, last, ':')) return std::nullopt;
        behind = std::find_if_not(behind, last, [](char c) { return blanks.find(c) != std::string_view::npos; });
        if (!stream_number.scan(behind, last, seen) || scan_char(behind, last, '=')) return std::nullopt;
    }
    first = it;
    return flags;
}

std::optional<PayloadNumber> PayloadNumberParser::scan(Iterator& first, Iterator last, ErrorCollector& seen) {
    auto const* it = first;
    auto const word = scan_word(it, last);
    PayloadNumber made{0, 4, std::string(word)};
    if (auto const* key = find_key(word)) {
        it += word.size();
        if (!scan_char(it, last, '=')) return std::nullopt;
        auto const value = scan_value(value_of(*key), it, last, seen, made.text);
        if (!value) return std::nullopt;
        made.number = *value;
        made.width = key->width;
    } else if (auto const code = http2::error_code(word)) {
        it += word.size();
        auto const* behind = it;
        if (scan_char(behind, last, '=')) return std::nullopt;
        made.number = static_cast<std::uint32_t>(*code);
    } else {
        auto const* const begin = it;
        auto const id = scan_setting(it, last, seen);
        made.text.assign(begin, it);
        if (!id || !scan_char(it, last, '=')) return std::nullopt;
        auto const value = scan_value(word_value, it, last, seen, made.text);
        if (!value) return std::nullopt;
        made.number = std::uint64_t{*id} << 32 | *value;
        made.width = 6;
    }
    first = it;
    return made;
}

bool FieldNameParser::is_number(std::string_view word) {
    return is_digit(word.front()) || find_key(word) != nullptr || http2::setting_id(word).has_value();
}

}  // namespace pathology::language::grammar
