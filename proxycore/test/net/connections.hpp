// What servers of these tests do with a connection, and how their clients open one.
#pragma once

#include <gtest/gtest.h>

#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <stdexcept>

#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::test {

inline net::asio::awaitable<void> echo_connection(net::Connection connection) { co_await echo(*connection.stream); }

inline net::asio::awaitable<void> pause_for_ever(net::Connection) { co_await async::pause(std::nullopt); }

inline net::asio::awaitable<std::unique_ptr<net::Stream>> open(net::Server const& server) {
    auto opened = co_await net::connect("127.0.0.1", server.port(), test::patience);
    if (!opened) throw std::runtime_error(opened.error().message);
    co_return std::move(*opened);
}

inline net::asio::awaitable<void> expect_echo(net::Stream& stream) {
    EXPECT_FALSE(co_await net::send(stream, "ping"));
    EXPECT_EQ(co_await read_exactly(stream, 4), "ping");
}

}  // namespace pathology::proxycore::test
