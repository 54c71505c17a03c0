// The one translation unit that instantiates Spirit X3.

#include "grammar/grammar.hpp"

#include "grammar/group.hpp"
#include "grammar/hint.hpp"
#include "grammar/http2_frame.hpp"
#include "grammar/messages.hpp"

namespace pathology::language::grammar {
namespace {

auto const end_of_spec = named("the end", x3::eoi);
constexpr char const* response_name = "a message (a status code, ws, wf or raw)";
auto const one_response = named(response_name, server_frame | http2_frame | raw_response | response) >> end_of_spec;
// An HTTP/2 frame stands alone over HTTP/1: among others, the spec is meant for HTTP/2.
auto const responses =
    (http2_frame | groups_of(named(response_name, server_frame | raw_response | response))) >> end_of_spec;
auto const requests = groups_of(request | client_frame | http2_frame | raw_request) >> end_of_spec;
auto const frames = +server_frame >> end_of_spec;
auto const http2_responses =
    groups_of(http2_frame | raw_response | named("a message (a status code, h2f, h2p or raw)", response)) >>
    end_of_spec;
auto const http2_requests = groups_of(http2_frame | request | raw_request) >> end_of_spec;

/// The same as x3::phrase_parse with x3::with, but those copy the parser for each call, and this one is large.
template <class Parser, class Attribute>
bool apply(Parser const& parser, Protocol const& protocol, std::string_view text, ErrorCollector& seen,
           Attribute& attribute) {
    auto const* const begin = text.data();
    auto const* first = begin;
    auto const skipping = x3::make_context<x3::skipper_tag>(skipper);
    auto const placed = x3::make_context<BeginTag>(begin, skipping);
    auto const spoken = x3::make_context<ProtocolTag>(protocol, placed);
    auto const context = x3::make_context<ErrorsTag>(seen, spoken);
    return parser.parse(first, begin + text.size(), context, x3::unused, attribute);
}

/// The position of an error at the end of the text: behind its last word, also if blank lines follow.
std::size_t before_blanks_at_the_end(std::string_view text, char const* place) {
    auto at = static_cast<std::size_t>(place - text.data());
    if (at < text.size()) return at;
    while (at > 0 && blanks.find(text[at - 1]) != std::string_view::npos) --at;
    return at;
}

}  // namespace

Parsed<std::vector<Message>> parse(Start start, std::string_view text) {
    ErrorCollector seen(text.data());
    std::vector<Message> messages;
    bool fits = false;
    switch (start) {
        case Start::response: fits = apply(one_response, Protocol::http1, text, seen, messages.emplace_back()); break;
        case Start::responses: fits = apply(responses, Protocol::http1, text, seen, messages); break;
        case Start::requests: fits = apply(requests, Protocol::http1, text, seen, messages); break;
        case Start::frames: fits = apply(frames, Protocol::http1, text, seen, messages); break;
        case Start::http2_responses: fits = apply(http2_responses, Protocol::http2, text, seen, messages); break;
        case Start::http2_requests: fits = apply(http2_requests, Protocol::http2, text, seen, messages); break;
    }
    if (fits) return messages;
    bool const has_requests = start == Start::requests || start == Start::http2_requests;
    auto const place = static_cast<std::uint32_t>(before_blanks_at_the_end(text, seen.place()));
    return SpecFailure{SpecErrc::syntax, seen.message(), {place, place}, hint(text, seen, has_requests)};
}

}  // namespace pathology::language::grammar
