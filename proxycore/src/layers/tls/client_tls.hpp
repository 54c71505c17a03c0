// Our side of a TLS handshake with a client.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::layers {

/// Notes in the client's record what it asks for.
void note_hello(flow::Client& client, tls::ClientHello const& hello);

/// Ends TLS with the client: hooks, a certificate for `names` unless an addon has one, ALPN from `alpn`, best first.
/// What was agreed on stands in the record then. `names` must outlive the await.
/// Errors: null; the record has the error, the log a line with a hint, and the hook tls_failed_client was run.
asio::awaitable<std::unique_ptr<net::Stream>> shake_hands_with_client(Context& context,
                                                                      std::unique_ptr<net::Stream> stream,
                                                                      tls::LeafNames const& names,
                                                                      std::vector<std::string> alpn);

/// The same end for a client whose first message cannot be read.
asio::awaitable<void> give_client_up(Context& context, tls::Failure const& why);

}  // namespace pathology::proxycore::layers
