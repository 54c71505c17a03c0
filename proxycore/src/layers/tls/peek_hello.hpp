// Reads a ClientHello without consuming it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Returns the ClientHello of the stream: the one that an outer layer left in the context, else it is read, across any
/// number of packets and records. `stream` returns its bytes again.
/// Errors: those of tls::ClientHelloReader, whose alert was sent then; ended_in_handshake if the client ends the connection; those of the stream.
asio::awaitable<tls::Result<tls::ClientHello>> take_client_hello(Context& context,
                                                                 std::unique_ptr<net::Stream>& stream);

}  // namespace pathology::proxycore::layers
