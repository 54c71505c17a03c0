// The answers with the status 800, which pathod gives of its own accord.
#pragma once

#include <pathology/language/ast.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

/// What the options forbid. The connection is closed after each.
enum class Refusal { crafting_disabled, file_access_denied, response_too_large, pauses_disabled };

/// The reason phrase, which the body repeats: `Crafting disabled.`
std::string_view reason(Refusal refusal);

language::Message refusal_answer(Refusal refusal);
/// Nothing is served at the path.
language::Message not_found_answer();
/// The path asks for something that is no spec; the body has its line with a caret.
language::Message parse_error_answer(language::SpecFailure const& failure, std::string_view spec);
/// A strict server's answer to a handshake that is none (RFC 6455 §4.4).
language::Message bad_handshake_answer(proxycore::websocket::HandshakeFailure const& failure);

}  // namespace pathology::pathod
