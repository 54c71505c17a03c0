// Which messages the proxy accepts over HTTP/1, by the settings (P12).
#pragma once

#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string>

#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

/// What the readers accept: oddities that are harmless pass, since the proxy is there to show them. What two programs
/// may read in different ways is refused unless `validate_inbound_headers` is off: framing, Host, targets and status codes.
http1::Leniency leniency_of(HttpSettings const& settings);

/// Several Content-Length fields of one value, or a list of it, become one (RFC 9112 §6.3 rule 5).
void merge_lengths(http::Fields& fields);

/// What makes the length of a message ambiguous, beyond what the readers refuse: two programs that read it differently
/// see different messages in the same bytes (request smuggling). Returns a sentence, or std::nullopt if the framing is
/// clear.
std::optional<std::string> find_ambiguous_framing(http::RequestHead const& head);
std::optional<std::string> find_ambiguous_framing(http::ResponseHead const& head);

}  // namespace pathology::proxycore::layers
