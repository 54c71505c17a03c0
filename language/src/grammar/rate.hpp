#pragma once
// RATE: `1k` bytes a second, `10/0.1` ten bytes each tenth of a second, `1/0` one byte at a time, `full` speed.

#include <pathology/language/tokens.hpp>

#include "grammar/pause_time.hpp"
#include "grammar/value.hpp"

namespace pathology::language::grammar {

struct WrittenRate {
    std::optional<Rate> is;  ///< std::nullopt: `full`
};

struct RateParts {
    Offset at;
    WrittenRate rate;
};

struct RateParser : x3::parser<RateParser> {
    using attribute_type = WrittenRate;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        constexpr std::string_view full = "full";
        if (std::string_view(first, static_cast<std::size_t>(last - first)).starts_with(full)) {
            first += full.size();
            x3::traits::move_to(WrittenRate{}, attribute);
            return true;
        }
        auto const* it = first;
        Generated size;
        if (!SizeParser{}.parse(it, last, context, rule_context, size)) return false;
        if (size.count == 0) {
            errors(context).fail_hard(first, "a rate of at least one byte");
            return false;
        }
        Rate rate{size.count, size.unit, std::nullopt};
        if (it != last && *it == '/') {
            rate.each = scan_pause_time(++it, last, errors(context));
            if (!rate.each) return false;
        }
        first = it;
        x3::traits::move_to(WrittenRate{rate}, attribute);
        return true;
    }
};

}  // namespace pathology::language::grammar
