// Responses of pathod itself. Those of --strict and to handshakes have a status of HTTP, the others 800.
#pragma once

#include <pathology/language/ast.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <string>
#include <string_view>

#include "strictness.hpp"

namespace pathology::pathod {

/// Violations of the options. The connection is closed after the response.
enum class PolicyViolation { crafting_disabled, file_access_denied, response_too_large, pauses_disabled };

/// The reason phrase, which the body repeats: `Crafting disabled.`
std::string_view reason(PolicyViolation violation);

language::Message policy_response(PolicyViolation violation);

/// A request whose path has neither a spec nor an anchor. The views must outlive the call that gets it.
struct UnmatchedRequest {
    std::string_view method, path;
    std::string_view client;        ///< its endpoint
    std::string_view craft_prefix;  ///< of the options
    bool may_craft = true;          ///< specs in paths are allowed
};

/// The body names the request, and how a response is described.
language::Message not_found_response(UnmatchedRequest const& request);
/// A request in logs and pages, as one line: `GET /foo`. A long target is cut and ends in `...`.
std::string shown_request(std::string_view method, std::string_view target);
/// For a spec that does not parse; the body shows its line with a caret.
language::Message parse_error_response(language::SpecFailure const& failure, std::string_view spec);
/// For a request on which the pattern or the filter of an anchor was given up, with the reason.
language::Message bad_anchor_response(std::string const& reason);
/// For a request whose response a function of the program was to compute, with the text of its exception. Status 500.
language::Message failed_function_response(std::string_view text);
/// For a request that --strict refuses. `closes`: the connection is closed after it (HTTP/1).
language::Message rejection_response(Rejection const& rejection, bool closes);
/// For an invalid WebSocket handshake (RFC 6455 §4.4).
language::Message bad_handshake_response(proxycore::websocket::HandshakeFailure const& failure);

}  // namespace pathology::pathod
