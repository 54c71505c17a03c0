#pragma once
// OFFSET: a number, `r`, or the name of a place with a distance from it: `a`, `head+5`, `body`, `frame2-1`.
//
// A sign belongs to the offset if a digit follows, since `-fin` is a flag of frames.

#include <pathology/language/tls_fault.hpp>
#include <pathology/language/values.hpp>

#include "grammar/context.hpp"

namespace pathology::language::grammar {

/// Parses an offset at `first` and moves `first` behind it. Returns false if there is none, or if a number is too
/// large.
bool scan_offset(Iterator& first, Iterator last, ErrorCollector& seen, Offset& offset);

/// The same for a place in the bytes on the wire: a number, `record3`, `record3-1`.
bool scan_wire_offset(Iterator& first, Iterator last, ErrorCollector& seen, WireOffset& offset);

struct OffsetParser : x3::parser<OffsetParser> {
    using attribute_type = Offset;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        Offset offset;
        if (!scan_offset(first, last, errors(context), offset)) return false;
        x3::traits::move_to(offset, attribute);
        return true;
    }
};

}  // namespace pathology::language::grammar
