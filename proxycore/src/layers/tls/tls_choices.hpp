// What TLS with a client and TLS with its server are to agree on, as far as it follows from what is known.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::layers {

/// Whether TLS with the server comes before that with the client: the answer to the client depends on it (P22).
bool needs_server_first(Settings const& settings, flow::Client const& client, flow::Server const& server);

/// The name to ask the server for: what the record or the mode says, else what the client asked for.
std::optional<std::string> sni_for_server(modes::Mode const& mode, flow::Client const& client,
                                          flow::Server const& server);

/// The protocols to offer to the server: those of the client, without what this proxy does not speak (P25). A client
/// without TLS offers nothing, but one that speaks HTTP/2 has said so (RFC 9113 §3.3).
std::vector<std::string> offers_for_server(flow::Client const& client, bool http2, http::Version spoken = {1, 1});

/// The protocols a client may get, best first. What the server chose binds us; one that was not asked leaves the choice
/// to the client.
std::vector<std::string> choices_for_client(flow::Client const& client, flow::Server const& server, bool http2);

/// The names of the certificate that the client is shown (P21): those of the server's own where we looked at it, then
/// the one the client asked for, or without one our address, then the host it meant to reach.
/// A list of revocations is asked for where the server's was, under `revocation_path`.
tls::LeafNames names_for_client(TlsSettings const& settings, flow::Client const& client, flow::Server const& server,
                                std::string_view revocation_path = {});

/// Why TLS with a client came to nothing, with a hint at what may help. `host` is what it wanted to reach.
std::string explain_client_failure(tls::Failure const& why, std::string const& host);

}  // namespace pathology::proxycore::layers
