// Server connections that rest, before the first request or between two, and what their servers do meanwhile.
#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <pathology/proxycore/async/as_values.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using net::CloseMode;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\norigin";

struct IdleEnd {
    std::string name;
    std::string unasked;  ///< what the server says
    std::optional<CloseMode> how{};
};

/// Answers each request; the first of them does what the row says when somebody else says "go".
class Restless {
public:
    explicit Restless(IdleEnd row) : row_(std::move(row)) {}

    asio::awaitable<void> serve(net::Stream& stream) {
        for (std::string block(4096, '\0');;) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
            if (block.starts_with("go")) co_return static_cast<void>(go_->expires_at(Timer::time_point::min()));
            bool const is_first = go_ == nullptr;
            Timer go(stream.executor(), Timer::time_point::max());  // its server outlives it
            if (is_first) go_ = &go;
            co_await net::send(stream, ok);
            if (!is_first) continue;
            co_await go.async_wait(async::as_values);
            co_await net::send(stream, row_.unasked);
            if (row_.how) co_return stream.close(*row_.how);
        }
    }

private:
    using Timer = asio::steady_timer;

    IdleEnd row_;
    Timer* go_ = nullptr;  // of the first request, as long as nobody has said "go"
};

class P01_IdleServer : public testing::TestWithParam<IdleEnd> {};

TEST_P(P01_IdleServer, IsNoticedWhenItEnds) {
    Restless restless(GetParam());
    Origin const origin([&](net::Stream& stream) { return restless.serve(stream); });
    ProxyFixture fixture;
    fixture.start();
    auto const get = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(get).body, "origin");
    TestClient other(origin.port());
    other.send("go");
    ASSERT_TRUE(fixture.recorder->wait_for("server_disconnected"));
    EXPECT_EQ(fixture.recorder->count("client_disconnected"), 0U);
    auto const record = fixture.recorder->servers().at(0);
    EXPECT_EQ(record.state, flow::ConnectionState::closed);
    EXPECT_TRUE(record.timestamp_end);
    EXPECT_EQ(client.request(get).body, "origin");
    EXPECT_EQ(fixture.recorder->count("server_connected"), 2U);
}

INSTANTIATE_TEST_SUITE_P(Ways, P01_IdleServer,
                         testing::Values(IdleEnd{"InOrder", "", CloseMode::fin},
                                         IdleEnd{"ByReset", "", CloseMode::reset}, IdleEnd{"BySpeakingUnasked", ok},
                                         IdleEnd{"BySpeakingUnaskedAtTheEnd", ok, CloseMode::fin}),
                         pathology::test::row_name);

// --- opened ahead ----------------------------------------------------------------------------------------------------

/// Ends its first connection, which nobody has used, as the row says when somebody else says "go". Answers all others.
class Unused {
public:
    explicit Unused(IdleEnd row) : row_(std::move(row)) {}

    asio::awaitable<void> serve(net::Stream& stream) {
        if (go_ == nullptr) {
            Timer go(stream.executor(), Timer::time_point::max());
            go_ = &go;
            co_await go.async_wait(async::as_values);
            co_await net::send(stream, row_.unasked);
            co_return stream.close(*row_.how);
        }
        for (std::string block(4096, '\0');;) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
            if (block.starts_with("go")) co_return static_cast<void>(go_->expires_at(Timer::time_point::min()));
            co_await net::send(stream, ok);
        }
    }

private:
    using Timer = asio::steady_timer;

    IdleEnd row_;
    Timer* go_ = nullptr;  // of the first connection
};

class P11_Ahead : public testing::TestWithParam<IdleEnd> {
protected:
    void end_first() {
        ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
        TestClient other(origin.port());
        other.send("go");
        ASSERT_TRUE(fixture.recorder->wait_for("server_disconnected"));
        EXPECT_EQ(fixture.recorder->count("client_disconnected"), 0U);
        EXPECT_EQ(fixture.recorder->servers().at(0).state, flow::ConnectionState::closed);
    }

    Unused unused{GetParam()};
    Origin const origin{[this](net::Stream& stream) { return unused.serve(stream); }};
    ProxyFixture fixture;
};

TEST_P(P11_Ahead, IsNoticedWhenItEndsAndReplacedForARequest) {
    fixture.set("connection_strategy=eager").set("tunnel_probe_timeout=60000").start();
    {
        TestClient client(fixture.port());
        EXPECT_EQ(client.request("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
        end_first();
        EXPECT_EQ(client.request("GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n").body, "origin");
    }
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(fixture.recorder->count("server_connected"), 2U);
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 2U);
}

/// What its server said before it left is for whoever asks for bytes.
TEST_P(P11_Ahead, GivesItsLastWords) {
    fixture.set("connection_strategy=eager").set("tunnel_probe_timeout=60000").start();
    {
        TestClient client(fixture.port());
        EXPECT_EQ(client.request("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
        end_first();
        client.send("\x01 no HTTP");
        EXPECT_EQ(client.read_to_end(), GetParam().unasked);
    }
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(fixture.recorder->count("server_connected"), 1U);
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Ways, P11_Ahead,
                         testing::Values(IdleEnd{"InOrder", "", CloseMode::fin},
                                         IdleEnd{"ByReset", "", CloseMode::reset},
                                         IdleEnd{"BehindAWord", "bye", CloseMode::fin}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
