#include "support/tls_client.hpp"

#include <gtest/gtest.h>

#include <pathology/proxycore/net/connect.hpp>

#include "support/streams.hpp"

namespace pathology::pathod::test {

using proxycore::test::play;
using proxycore::test::read_exactly;

DaemonOptions serving_tls() { return {.tls = {.serve = true}}; }

Running::Running(DaemonOptions options) : daemon(std::move(options)) { daemon.start().value(); }

asio::awaitable<StreamPtr> connected(Daemon const& daemon) {
    auto opened = co_await net::connect("127.0.0.1", daemon.port(), patience);
    co_return std::move(*opened);
}

asio::awaitable<std::unique_ptr<tls::TlsStream>> secured(StreamPtr stream, tls::ConnectSettings const& settings,
                                                         std::string host) {
    tls::Engine engine(tls::ConnectContext::make(settings).value(), tls::ServerName::of(host));
    auto made = std::make_unique<tls::TlsStream>(std::move(stream), std::move(engine));
    auto const shaken = co_await made->handshake(patience);
    if (shaken) co_return made;
    ADD_FAILURE() << shaken.error().message;
    co_return nullptr;
}

tls::Result<void> shake_hands(Daemon const& daemon, std::string host, tls::ConnectSettings const& settings,
                              std::chrono::milliseconds limit) {
    tls::Result<void> shaken;
    play([&]() -> Played {
        auto plain = co_await connected(daemon);
        tls::Engine engine(tls::ConnectContext::make(settings).value(), tls::ServerName::of(host));
        tls::TlsStream stream(std::move(plain), std::move(engine));
        shaken = co_await stream.handshake(limit);
    });
    return shaken;
}

asio::awaitable<bool> tunnel(net::Stream& stream, std::string host) {
    auto const request = "CONNECT " + host + " HTTP/1.1\r\n\r\n";
    co_await net::send(stream, request);
    std::string response;
    while (!response.ends_with("\r\n\r\n")) {
        auto const byte = co_await read_exactly(stream, 1);
        if (byte.empty()) co_return false;
        response += byte;
    }
    co_return response.starts_with("HTTP/1.1 200 Connection established\r\n");
}

constexpr std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

Played expect_response(net::Stream& stream) {
    co_await net::send(stream, question);
    EXPECT_EQ(co_await read_exactly(stream, response.size()), response);
}

}  // namespace pathology::pathod::test
