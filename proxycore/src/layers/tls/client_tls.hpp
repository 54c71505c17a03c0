// The TLS handshake with a client.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <string>
#include <vector>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

/// Stores SNI and ALPN of the ClientHello in the client's record.
void record_hello(flow::Client& client, tls::ClientHello const& hello);

/// Completes the handshake with the client: runs the hooks, uses a certificate for `names` unless an addon provides
/// one, and selects a protocol from `alpn`, best first. Stores the result in the client's record. `names` must outlive
/// the await.
/// Errors: returns nullptr; the record has the error, the log a line with a hint, and tls_failed_client was run.
asio::awaitable<std::unique_ptr<net::Stream>> shake_hands_with_client(Context& context,
                                                                      std::unique_ptr<net::Stream> stream,
                                                                      tls::LeafNames const& names,
                                                                      std::vector<std::string> alpn);

/// Reports a client whose ClientHello cannot be read, in the same way.
asio::awaitable<void> give_client_up(Context& context, tls::Failure const& why);

}  // namespace pathology::proxycore::layers
