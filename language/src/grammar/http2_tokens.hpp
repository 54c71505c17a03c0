#pragma once
// The words and numbers of HTTP/2 frames: `PING`, `0x99`, `END_STREAM,PADDED`, `INCREMENT=1`.

#include <algorithm>
#include <optional>
#include <pathology/language/ast.hpp>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string_view>

#include "grammar/terminals.hpp"

namespace pathology::language::grammar {

namespace http2 = proxycore::http2;

// --- scanning, below X3 ----------------------------------------------------------------------------------------------

using proxycore::ascii::is_digit;

constexpr bool is_name(char c) { return (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }

/// The name in capitals or the number that begins at `first`; may be empty.
inline std::string_view scan_word(Iterator first, Iterator last) {
    return {first, std::find_if_not(first, last, is_name)};
}

/// A decimal number, or a hexadecimal one after `0x`; moves `first` behind it. std::nullopt if none below 2^64 begins
/// here.
std::optional<std::uint64_t> scan_number(Iterator& first, Iterator last);

/// Returns true and moves `first` behind it if the next character after blanks is `wanted`.
inline bool scan_char(Iterator& first, Iterator last, char wanted) {
    auto const* it = std::find_if_not(first, last, is_blank);
    if (it == last || *it != wanted) return false;
    first = it + 1;
    return true;
}

/// `this`, `this+2`, `this-0x2` or `next`, as a whole word; moves `first` behind it.
std::optional<RelativeStream> scan_relative_stream(Iterator& first, Iterator last, ErrorCollector& seen);

/// A number below 2^32, or a relative stream; moves `first` behind it.
std::optional<FrameNumber> scan_stream(Iterator& first, Iterator last, ErrorCollector& seen);

inline SourceSpan span_of(Iterator first, Iterator last, Iterator begin) {
    return {static_cast<std::uint32_t>(first - begin), static_cast<std::uint32_t>(last - begin)};
}

// --- names and numbers -----------------------------------------------------------------------------------------------

/// A number up to `max`, or a name that stands for one. A number or name before `=` does not match: it belongs to a
/// payload.
struct FrameNumberParser : x3::parser<FrameNumberParser> {
    using attribute_type = FrameNumber;
    static bool const has_attribute = true;
    using Lookup = std::optional<std::uint32_t> (*)(std::string_view name);

    constexpr FrameNumberParser(std::uint32_t max, char const* too_large, Lookup lookup = nullptr)
        : max_(max), too_large_(too_large), lookup_(lookup) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* it = first;
        std::optional<std::uint32_t> const found = scan(it, last, errors(context));
        auto const* behind = it;
        if (!found || scan_char(behind, last, '=')) return false;
        x3::traits::move_to(FrameNumber{*found, std::string(first, it)}, attribute);
        first = it;
        return true;
    }

    /// The number at `it`; moves `it` behind it.
    std::optional<std::uint32_t> scan(Iterator& it, Iterator last, ErrorCollector& seen) const;

private:
    std::uint32_t max_;
    char const* too_large_;
    Lookup lookup_;
};

/// A number below 2^32, or the word of a relative stream. Either one before `=` does not match.
struct StreamParser : x3::parser<StreamParser> {
    using attribute_type = FrameNumber;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* it = first;
        auto found = scan_stream(it, last, errors(context));
        auto const* behind = it;
        if (!found || scan_char(behind, last, '=')) return false;
        if (found->relative) found->relative->span = span_of(first, it, x3::get<BeginTag>(context));
        x3::traits::move_to(std::move(*found), attribute);
        first = it;
        return true;
    }
};

/// Any number, unless it goes before `=`.
struct PlainNumberParser : x3::parser<PlainNumberParser> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&, Attribute&) const {
        x3::skip_over(first, last, context);
        auto const* it = first;
        if (it == last || !is_digit(*it)) return false;
        it = std::find_if_not(it, last, [](char c) { return is_name(c) || (c >= 'a' && c <= 'x'); });
        auto const* behind = it;
        if (scan_char(behind, last, '=')) return false;
        first = it;
        return true;
    }
};

/// `END_STREAM,PADDED,0x40`. A single number is taken for flags only if a number follows as the next slot, because
/// otherwise it is the stream.
struct FlagsParser : x3::parser<FlagsParser> {
    using attribute_type = FrameNumber;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto flags = scan(first, last, errors(context));
        if (!flags) return false;
        x3::traits::move_to(std::move(*flags), attribute);
        return true;
    }

private:
    static std::optional<FrameNumber> scan(Iterator& first, Iterator last, ErrorCollector& seen);
};

/// A number of a payload: `MAX_FRAME_SIZE=100`, `0x99=5`, `LAST_STREAM=this-2`, `ERROR=CANCEL`, or `CANCEL` alone.
struct PayloadNumberParser : x3::parser<PayloadNumberParser> {
    using attribute_type = PayloadNumber;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* const start = first;
        auto made = scan(first, last, errors(context));
        if (!made) return false;
        if (made->relative) made->relative->span = span_of(start, first, x3::get<BeginTag>(context));
        x3::traits::move_to(std::move(*made), attribute);
        return true;
    }

private:
    static std::optional<PayloadNumber> scan(Iterator& first, Iterator last, ErrorCollector& seen);
    static bool scan_key(PayloadNumber& made, Iterator& it, Iterator last, ErrorCollector& seen);
};

/// The bare name of a field: a word before `=` that is not the name of a number.
struct FieldNameParser : x3::parser<FieldNameParser> {
    using attribute_type = Word;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* it = std::find_if_not(first, last, [](char c) { return is_bare(c) && c != '='; });
        auto const* behind = it;
        if (it == first || !scan_char(behind, last, '=') || is_number({first, it})) return false;
        Word word;
        if (auto const bad = unescape({first, it}, word.text); bad != nullptr) {
            errors(context).fail_hard(bad, "two hexadecimal digits after \\x");
            return false;
        }
        first = it;
        x3::traits::move_to(std::move(word), attribute);
        return true;
    }

private:
    static bool is_number(std::string_view word);
};

}  // namespace pathology::language::grammar
