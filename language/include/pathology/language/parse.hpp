#pragma once
// Spec text → AST.

#include <pathology/language/ast.hpp>
#include <string_view>

namespace pathology::language {

/// What hostile text may cost.
struct ParseLimits {
    std::size_t length = 16U << 20U;  ///< bytes of text
};

/// Reads what a server may be told to answer: exactly one response, WebSocket frame, HTTP/2 frame or preface.
///
/// Shape:  any Message but a Request; nested specs were parsed once and are known to be good.
/// Errors: SpecErrc::{syntax, not_ascii, too_long, given_twice, out_of_range} with the span; never throws them.
///         Takes time linear in the text and constant stack.
/// Source: mitmproxy-0.18 documentation, chapter 34; doc/language.md has the grammar.
Parsed<Message> parse_response(std::string_view spec, ParseLimits const& limits = {});

/// Reads what a client is told to send: one or more requests, client frames, HTTP/2 frames and prefaces, with or
/// without space between them. Shape, errors and source as above.
Parsed<std::vector<Message>> parse_requests(std::string_view spec, ParseLimits const& limits = {});

/// Reads the frames that a WebSocket client asks a server to send back. Bytes above 127 are taken as they are.
Parsed<std::vector<Message>> parse_frames(std::string_view spec, ParseLimits const& limits = {});

/// Reads what a server may be told to answer on a stream of HTTP/2: one or more responses, HTTP/2 frames and prefaces.
///
/// Errors: as above, with SpecErrc::syntax also for what HTTP/2 has not: reasons and `ws`, and for options, trace and
///         connect without quotes.
Parsed<std::vector<Message>> parse_http2_responses(std::string_view spec, ParseLimits const& limits = {});

/// Reads what a client is told to send over HTTP/2: one or more requests, HTTP/2 frames and prefaces.
Parsed<std::vector<Message>> parse_http2_requests(std::string_view spec, ParseLimits const& limits = {});

}  // namespace pathology::language
