#pragma once
// Clients of a daemon over TLS and through its tunnels, as coroutines for proxycore::test::play().

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <string>
#include <string_view>

#include "support/play.hpp"

namespace pathology::pathod::test {

namespace asio = boost::asio;
namespace net = proxycore::net;
namespace tls = proxycore::tls;
using proxycore::test::patience;
using Played = asio::awaitable<void>;
using StreamPtr = std::unique_ptr<net::Stream>;

DaemonOptions serving_tls();

/// A daemon that was started.
class Running {
public:
    explicit Running(DaemonOptions options = serving_tls());

    Daemon daemon;
};

asio::awaitable<StreamPtr> connected(Daemon const& daemon);

inline tls::ConnectSettings const usual;

/// Puts TLS over a stream; fails the test, and gives none, when the daemon does not join in.
asio::awaitable<std::unique_ptr<tls::TlsStream>> secured(StreamPtr stream, tls::ConnectSettings const& settings = usual,
                                                         std::string host = "origin.test");

/// A handshake as a client, over a connection of its own.
tls::Result<void> shake_hands(Daemon const& daemon, std::string host, tls::ConnectSettings const& settings,
                              std::chrono::milliseconds limit = patience);

/// Asks for a tunnel in the stream that is there.
asio::awaitable<bool> tunnel(net::Stream& stream, std::string host);

constexpr std::string_view question = "GET /p/200:b'hi' HTTP/1.1\r\n\r\n";

/// Asks the question, and expects its response.
Played expect_response(net::Stream& stream);

}  // namespace pathology::pathod::test
