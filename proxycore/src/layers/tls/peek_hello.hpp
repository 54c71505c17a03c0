// Reading a client's first message without using it up.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Reads a whole ClientHello, however it is cut into packets and records. `stream` gives all of it again then.
/// Errors: those of tls::ClientHelloReader; ended_in_handshake when the client leaves; the stream's own.
asio::awaitable<tls::Result<tls::ClientHello>> peek_client_hello(std::unique_ptr<net::Stream>& stream);

}  // namespace pathology::proxycore::layers
