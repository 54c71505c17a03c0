// Reading a client's first message without using it up.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// The ClientHello that the stream begins with: the one an outer layer left in the context, else it is read, however it
/// is cut into packets and records. `stream` gives all of it again then.
/// Errors: those of tls::ClientHelloReader; ended_in_handshake when the client leaves; the stream's own.
asio::awaitable<tls::Result<tls::ClientHello>> take_client_hello(Context& context,
                                                                 std::unique_ptr<net::Stream>& stream);

}  // namespace pathology::proxycore::layers
