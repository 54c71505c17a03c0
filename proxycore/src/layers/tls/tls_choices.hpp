// Decides SNI, ALPN and names of certificates for the two TLS connections of an intercepted client.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

/// Returns true if the handshake with the server has to come first, because the one with the client depends on it
/// (P22).
bool needs_server_first(Settings const& settings, flow::Client const& client, flow::Server const& server);

/// The SNI for the server: that of the record or the mode, else that of the client.
std::optional<std::string> sni_for_server(modes::Mode const& mode, flow::Client const& client,
                                          flow::Server const& server);

/// The protocols to offer to the server: those of the client that this proxy supports (P25). A client without TLS
/// offers nothing; if it uses HTTP/2, that is offered (RFC 9113 §3.3).
std::vector<std::string> offers_for_server(flow::Client const& client, bool http2, http::Version spoken = {1, 1});

/// The protocols that may be selected for the client, best first. If the server has selected one, only that. Otherwise
/// the order of the client.
std::vector<std::string> choices_for_client(flow::Client const& client, flow::Server const& server, bool http2);

/// The names of the certificate for the client (P21): those of the server's certificate if it is known, then the SNI of
/// the client, or without one the local address, then the host of the server.
/// The CRL URL is that of the server's certificate with the path `revocation_path`.
tls::LeafNames names_for_client(TlsSettings const& settings, flow::Client const& client, flow::Server const& server,
                                std::string_view revocation_path = {});

/// Explains a failed handshake with a client, with a hint at a remedy. `host` is the host that it requested.
std::string explain_client_failure(tls::Failure const& why, std::string const& host);

}  // namespace pathology::proxycore::layers
