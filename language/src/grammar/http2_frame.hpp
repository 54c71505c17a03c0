#pragma once
// HTTP2_FRAME and HTTP2_PREFACE, in a translation unit of their own.

#include <pathology/language/ast.hpp>

#include "grammar/context.hpp"

namespace pathology::language::grammar {

/// Parses `h2f…` or `h2p…` at `first`, in the text that begins at `begin`.
bool parse_http2_frame(Iterator& first, Iterator last, char const* begin, ErrorCollector& seen, Message& message);

/// That function as a parser. It reports nothing if no such message begins here.
struct Http2FrameParser : x3::parser<Http2FrameParser> {
    using attribute_type = Message;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        if (last - first < 3 || (first[0] != 'h' && first[0] != 'H') || first[1] != '2') return false;
        Message message;
        if (!parse_http2_frame(first, last, x3::get<BeginTag>(context), errors(context), message)) return false;
        x3::traits::move_to(std::move(message), attribute);
        return true;
    }
};
constexpr Http2FrameParser http2_frame{};

}  // namespace pathology::language::grammar
