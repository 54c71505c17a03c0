#pragma once
// Terminals that X3 does not have: numbers that report when they are too large, quoted and bare words with escapes.

#include "escape.hpp"
#include "grammar/context.hpp"

namespace pathology::language::grammar {

/// A sequence of digits that fits into 64 bits.
struct NumberParser : x3::parser<NumberParser> {
    using attribute_type = std::uint64_t;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* it = first;
        std::uint64_t number = 0;
        for (; it != last && *it >= '0' && *it <= '9'; ++it) {
            auto const digit = static_cast<std::uint64_t>(*it - '0');
            if (number > (UINT64_MAX - digit) / 10) {
                errors(context).fail_hard(first, "a number below 2^64");
                return false;
            }
            number = number * 10 + digit;
        }
        if (it == first) return false;
        first = it;
        x3::traits::move_to(number, attribute);
        return true;
    }
};
constexpr NumberParser number{};

/// A number from 1 on.
struct CountParser : x3::parser<CountParser> {
    using attribute_type = std::uint64_t;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* it = first;
        std::uint64_t count = 0;
        if (!number.parse(it, last, context, rule_context, count)) return false;
        if (count == 0) {
            errors(context).fail_hard(first, "a number from 1 on");
            return false;
        }
        first = it;
        x3::traits::move_to(count, attribute);
        return true;
    }
};

/// Text as one attribute; X3 would treat a std::string as a container of characters.
struct Word {
    std::string text;

    operator std::string() && { return std::move(text); }
};

/// `'…'` or `"…"`. Without decoding of escapes, the next quote of the same kind ends the text.
struct QuotedParser : x3::parser<QuotedParser> {
    using attribute_type = Word;
    static bool const has_attribute = true;

    constexpr explicit QuotedParser(bool decode_escapes) : decode(decode_escapes) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        if (first == last || (*first != '\'' && *first != '"')) return false;
        auto const quote = *first;
        auto const* it = first + 1;
        while (it != last && *it != quote) it += decode && *it == '\\' && last - it > 1 ? 2 : 1;
        if (it == last) {
            errors(context).fail_hard(last, quote == '"' ? "a closing \"" : "a closing '");
            return false;
        }
        Word word;
        if (!decode) {
            word.text.assign(first + 1, it);
        } else if (auto const bad = unescape({first + 1, it}, word.text); bad != nullptr) {
            errors(context).fail_hard(bad, "two hexadecimal digits after \\x");
            return false;
        }
        first = it + 1;
        x3::traits::move_to(std::move(word), attribute);
        return true;
    }

    bool decode;
};
constexpr QuotedParser quoted_text{true};
constexpr QuotedParser quoted_path{false};

/// A sequence of printable ASCII other than `,` `:` `@` and quotes.
struct BareParser : x3::parser<BareParser> {
    using attribute_type = Word;
    static bool const has_attribute = true;

    constexpr explicit BareParser(bool decode_escapes) : decode(decode_escapes) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* it = std::find_if_not(first, last, is_bare);
        if (it == first) return false;
        Word word;
        if (!decode) {
            word.text.assign(first, it);
        } else if (auto const bad = unescape({first, it}, word.text); bad != nullptr) {
            errors(context).fail_hard(
                bad, *bad == '\\' && bad + 1 == it ? "something after \\" : "two hexadecimal digits after \\x");
            return false;
        }
        errors(context).add_word({first, it});
        first = it;
        x3::traits::move_to(std::move(word), attribute);
        return true;
    }

    bool decode;
};
constexpr BareParser bare_text{true};
constexpr BareParser bare_path{false};

}  // namespace pathology::language::grammar
