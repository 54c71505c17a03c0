#pragma once
// Spec text → AST.

#include <pathology/language/ast.hpp>
#include <pathology/language/settings.hpp>
#include <string_view>

namespace pathology::language {

/// Limits on hostile text.
struct ParseLimits {
    std::size_t max_length = 16U << 20U;  ///< bytes of text
};

// A line whose first non-blank character is `#` is a comment, outside of quoted literals, in every text.

/// Parses exactly one message that a server sends over HTTP/1: a response, a WebSocket frame, an HTTP/2 frame or
/// preface, or bytes.
///
/// Shape:  any Message but a Request. Nested specs have been parsed once and are sound.
/// Errors: SpecErrc::{syntax, not_ascii, too_long, given_twice, out_of_range}, with the span.
///         Takes linear time and constant stack.
/// Source: mitmproxy-0.18 documentation, chapter 34; doc/language.md has the grammar.
Parsed<Message> parse_response(std::string_view spec, ParseLimits const& limits = {});

/// Parses what a server sends over HTTP/1: one or more of these messages, and groups of them. Shape, errors and source
/// as above. Of several responses, those with a 1xx code are interim ones.
Parsed<std::vector<Message>> parse_responses(std::string_view spec, ParseLimits const& limits = {});

/// Parses what a client sends over HTTP/1: one or more requests, client frames, HTTP/2 frames and prefaces, with or
/// without space between them. Shape, errors and source as above.
Parsed<std::vector<Message>> parse_requests(std::string_view spec, ParseLimits const& limits = {});

/// Parses the frames that a WebSocket client requests from a server. Bytes above 127 are allowed.
Parsed<std::vector<Message>> parse_frames(std::string_view spec, ParseLimits const& limits = {});

/// Parses what a server sends on a stream of HTTP/2: one or more responses, HTTP/2 frames and prefaces.
///
/// Errors: as above, and SpecErrc::syntax for what HTTP/2 does not have: `m`, `v`, `ws`, and options, trace and connect
///         without quotes.
Parsed<std::vector<Message>> parse_http2_responses(std::string_view spec, ParseLimits const& limits = {});

/// Parses what a client sends over HTTP/2: one or more requests, HTTP/2 frames and prefaces.
Parsed<std::vector<Message>> parse_http2_requests(std::string_view spec, ParseLimits const& limits = {});

/// Parses the text of a NestedResponse: one message, as the server that it is meant for parses it.
Parsed<Message> parse_nested_response(std::string_view spec, Protocol protocol, ParseLimits const& limits = {});

}  // namespace pathology::language
