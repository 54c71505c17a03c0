// Two ends of a TLS connection over streams, for tests that exchange data.
#pragma once

#include <memory>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>

namespace pathology::proxycore::tls::test {

/// A client that asks for `origin.test`, before its handshake.
std::unique_ptr<TlsStream> client_over(std::unique_ptr<net::Stream> next, ConnectSettings const& settings = {});
/// A server that shows a certificate for that name.
std::unique_ptr<TlsStream> server_over(std::unique_ptr<net::Stream> next, AcceptSettings const& settings = {});

/// Both ends of a TLS connection in memory, and what lies underneath.
struct StreamPair {
    std::unique_ptr<TlsStream> client, server;
    net::Stream* under_client = nullptr;
    net::Stream* under_server = nullptr;
};
StreamPair make_stream_pair(net::MemoryPipe pipe);

/// Expects that both handshakes succeed.
boost::asio::awaitable<void> shake_hands(TlsStream& client, TlsStream& server);

}  // namespace pathology::proxycore::tls::test
