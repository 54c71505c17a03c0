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
    std::uint8_t width = 4;
    bool is_stream = false;
};
constexpr Key keys[] = {
    {"ERROR"},     {"LAST_STREAM", 4, true}, {"PROMISED", 4, true}, {"DEPENDENCY", 4, true}, {"INCREMENT"},
    {"WEIGHT", 1}, {"PAD_LENGTH", 1}};

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

void skip_blanks(Iterator& it, Iterator last) {
    it = std::find_if_not(it, last, [](char c) { return blanks.find(c) != std::string_view::npos; });
}

/// Reads the number after `=`; appends its text, with the `=`.
std::optional<std::uint32_t> scan_value(FrameNumberParser const& value, Iterator& it, Iterator last,
                                        ErrorCollector& seen, std::string& text) {
    skip_blanks(it, last);
    auto const* const begin = it;
    auto const found = value.scan(it, last, seen);
    if (found) {
        text.append("=").append(begin, it);
    } else {
        seen.expect(begin, "a number");
    }
    return found;
}

/// The same for a stream, which may be relative.
bool scan_stream_value(PayloadNumber& made, Iterator& it, Iterator last, ErrorCollector& seen) {
    skip_blanks(it, last);
    auto const* const begin = it;
    auto const found = scan_stream(it, last, seen);
    // A frame opens one stream: its own.
    if (!found || (found->relative && found->relative->is_new)) {
        seen.expect(begin, "a stream (a number, this or this+2)");
        return false;
    }
    made.text += "=" + found->text;
    made.number = found->number;
    made.relative = found->relative;
    return true;
}

}  // namespace

std::optional<RelativeStream> scan_relative_stream(Iterator& first, Iterator last, ErrorCollector& seen) {
    auto const* const end = std::find_if_not(first, last, [](char c) { return is_bare(c) && c != '='; });
    std::string_view const word(first, static_cast<std::size_t>(end - first));
    if (word == "this" || word == "next") {
        first = end;
        return RelativeStream{.is_new = word == "next"};
    }
    if (!word.starts_with("this+") && !word.starts_with("this-")) return std::nullopt;
    auto const* it = first + word.find_first_of("+-") + 1;
    auto const* const begin = it;
    auto const distance = scan_number(it, end);
    auto const* behind = end;
    // Before `=` it is the name of a field.
    bool const is_field = scan_char(behind, last, '=');
    if (!distance || *distance > UINT32_MAX || it != end) {
        if (!is_field) seen.fail_hard(begin, "a number below 2^32");
        return std::nullopt;
    }
    first = end;
    auto const shift = static_cast<std::int64_t>(*distance);
    return RelativeStream{.shift = begin[-1] == '-' ? -shift : shift};
}

std::optional<FrameNumber> scan_stream(Iterator& first, Iterator last, ErrorCollector& seen) {
    auto const* const begin = first;
    auto const relative = scan_relative_stream(first, last, seen);
    if (relative) return FrameNumber{0, std::string(begin, first), relative};
    auto const named = stream_number.scan(first, last, seen);
    if (!named) return std::nullopt;
    return FrameNumber{*named, std::string(begin, first)};
}

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
        skip_blanks(behind, last);
        it = behind;
    }
    auto const* behind = it;
    if (scan_char(behind, last, '=')) return std::nullopt;
    // `h2f:DATA:1:…` has a stream and no flags. A single number is the flags only if a stream follows.
    if (alone && is_digit(*first)) {
        if (!scan_char(behind, last, ':')) return std::nullopt;
        skip_blanks(behind, last);
        if (!scan_stream(behind, last, seen) || scan_char(behind, last, '=')) return std::nullopt;
    }
    first = it;
    return flags;
}

/// Reads `KEY=NUMBER`; `made.text` is the key.
bool PayloadNumberParser::scan_key(PayloadNumber& made, Iterator& it, Iterator last, ErrorCollector& seen) {
    auto const* const key = find_key(made.text);
    it += key->name.size();
    if (!scan_char(it, last, '=')) return false;
    made.width = key->width;
    if (key->is_stream) return scan_stream_value(made, it, last, seen);
    auto const value = scan_value(value_of(*key), it, last, seen, made.text);
    made.number = value.value_or(0);
    return value.has_value();
}

std::optional<PayloadNumber> PayloadNumberParser::scan(Iterator& first, Iterator last, ErrorCollector& seen) {
    auto const* it = first;
    auto const word = scan_word(it, last);
    PayloadNumber made{0, 4, std::string(word)};
    if (find_key(word) != nullptr) {
        if (!scan_key(made, it, last, seen)) return std::nullopt;
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
