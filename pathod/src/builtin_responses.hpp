// Responses of pathod itself, most of them with the status 800.
#pragma once

#include <pathology/language/ast.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

/// Violations of the options. The connection is closed after the response.
enum class PolicyViolation { crafting_disabled, file_access_denied, response_too_large, pauses_disabled };

/// The reason phrase, which the body repeats: `Crafting disabled.`
std::string_view reason(PolicyViolation violation);

language::Message policy_response(PolicyViolation violation);
/// For a path without a spec and without an anchor.
language::Message not_found_response();
/// For a spec that does not parse; the body shows its line with a caret.
language::Message parse_error_response(language::SpecFailure const& failure, std::string_view spec);
/// For an invalid WebSocket handshake (RFC 6455 §4.4).
language::Message bad_handshake_response(proxycore::websocket::HandshakeFailure const& failure);

}  // namespace pathology::pathod
