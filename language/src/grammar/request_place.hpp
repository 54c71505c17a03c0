#pragma once
// A place in the request that a response waits for: `head`, `body`, `body+1000` or `a`. It reports nothing if there is
// none: `w` begins many words, and what was expected before it is of more use.

#include "grammar/offset.hpp"

namespace pathology::language::grammar {

struct RequestPlaceParser : x3::parser<RequestPlaceParser> {
    using attribute_type = Offset;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* at = first;
        Offset place;
        if (!scan_offset(at, last, errors(context), place)) return false;
        bool const is_known =
            place.kind == Offset::Kind::head || place.kind == Offset::Kind::body || place.kind == Offset::Kind::end;
        if (!is_known) return false;
        bool const may_shift = place.kind == Offset::Kind::body && place.shift >= 0;
        if (place.shift != 0 && !may_shift) {
            errors(context).fail_hard(first, "head, body, body+N or a: the length of a request is not known before");
            return false;
        }
        first = at;
        x3::traits::move_to(place, attribute);
        return true;
    }
};

}  // namespace pathology::language::grammar
