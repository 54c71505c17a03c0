// How the end of one side's stream becomes the end of the other's: nothing is lost before it, and it is of the same kind.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/tls/errc.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;

using net::CloseMode;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::HasSubstr;
using tls::test::identity_for;

net::error_code const complete{}, truncated = tls::Errc::truncated, broken = asio::error::connection_reset;

/// Ends a stream after all that was written, and says that it is done.
asio::awaitable<void> end_by(net::Stream& stream, CloseMode how, std::promise<void>& done) {
    if (how == CloseMode::reset) co_await net::wait_until_delivered(stream, proxycore::test::patience);
    stream.close(how);
    done.set_value();
    if (!net::ends_reads(how)) {
        std::string ignored;
        co_await proxycore::test::read_to_end(stream, ignored);
    }
}

std::string const upgrade = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
std::string const ask_upgrade = "GET / HTTP/1.1\r\nHost: origin.test\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/// A proxy and a client with a tunnel to an origin.
struct Tunnel {
    Tunnel(bool is_secure, Origin::Conduct conduct)
        : plain(is_secure ? nullptr : std::make_unique<Origin>(conduct)),
          secure(is_secure ? std::make_unique<SecureOrigin>(identity_for({"origin.test"}), options(conduct))
                           : nullptr) {
        fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file());
        fixture.start();
        client = std::make_unique<TestClient>(fixture.port());
        auto const port = std::to_string(secure ? secure->port() : plain->port());
        EXPECT_EQ(client->request("CONNECT 127.0.0.1:" + port + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
        if (is_secure) client->start_tls("origin.test");
    }

    static SecureOrigin::Options options(Origin::Conduct conduct) {
        SecureOrigin::Options options;
        options.conduct = std::move(conduct);
        return options;
    }

    std::unique_ptr<Origin> plain;
    std::unique_ptr<SecureOrigin> secure;
    ProxyFixture fixture;
    std::unique_ptr<TestClient> client;
};

struct Relayed {
    std::string name;
    bool is_secure;
    bool is_upgrade;  ///< 101 to a protocol that is not known, in place of bytes from the start
    CloseMode how;
    net::error_code seen;
};

std::vector<Relayed> relayed() {
    std::vector<Relayed> rows;
    for (bool const is_upgrade : {false, true}) {
        std::string const where = is_upgrade ? "Upgraded" : "Tunnel";
        rows.push_back({where + "TlsWithCloseNotify", true, is_upgrade, CloseMode::half_close, complete});
        rows.push_back({where + "TlsClosed", true, is_upgrade, CloseMode::fin, complete});
        rows.push_back({where + "TlsWithoutCloseNotify", true, is_upgrade, CloseMode::truncate, truncated});
        rows.push_back({where + "TlsReset", true, is_upgrade, CloseMode::reset, broken});
        rows.push_back({where + "Fin", false, is_upgrade, CloseMode::half_close, complete});
        rows.push_back({where + "Reset", false, is_upgrade, CloseMode::reset, broken});
    }
    return rows;
}

class A2_EndOfServer : public testing::TestWithParam<Relayed> {};

/// The client reads only after the server has ended, so that all buffers between them are full.
TEST_P(A2_EndOfServer, ComesBehindAllBytesAndIsOfTheSameKind) {
    auto const& row = GetParam();
    for (std::size_t const size : {1U, 16'384U, 300'000U}) {
        std::string const text(size, 'x');
        std::promise<void> done;
        auto ended = done.get_future();
        Tunnel tunnel(row.is_secure, [&](net::Stream& stream) -> asio::awaitable<void> {
            std::string const head = row.is_upgrade ? upgrade : "";
            co_await proxycore::test::read_exactly(stream, row.is_upgrade ? ask_upgrade.size() : 5);
            co_await net::send(stream, head + text);
            co_await end_by(stream, row.how, done);
        });
        if (row.is_upgrade) {
            EXPECT_EQ(tunnel.client->request(ask_upgrade).status, 101U);
        } else {
            tunnel.client->send(std::string("\0ask\n", 5));
        }
        proxycore::test::taken_from(ended);
        EXPECT_EQ(tunnel.client->read_to_end().size(), size);
        EXPECT_EQ(tunnel.client->error() == asio::error::eof ? complete : tunnel.client->error(), row.seen)
            << tunnel.client->error().message();
    }
}

INSTANTIATE_TEST_SUITE_P(Ends, A2_EndOfServer, testing::ValuesIn(relayed()), pathology::test::row_name);

class A2_EndOfClient : public testing::TestWithParam<Relayed> {};

TEST_P(A2_EndOfClient, ComesBehindAllBytesAndIsOfTheSameKind) {
    auto const& row = GetParam();
    std::size_t const size = 300'000;
    std::string received;
    net::error_code seen;
    std::promise<void> done;
    auto ended = done.get_future();
    Tunnel tunnel(row.is_secure, [&](net::Stream& stream) -> asio::awaitable<void> {
        if (row.is_upgrade) {
            co_await proxycore::test::read_exactly(stream, ask_upgrade.size());
            co_await net::send(stream, upgrade);
        }
        seen = co_await proxycore::test::read_to_end(stream, received);
        done.set_value();
    });
    unsigned const status = row.is_upgrade ? tunnel.client->request(ask_upgrade).status : 101;
    EXPECT_EQ(status, 101U);
    tunnel.client->send(std::string(1, '\0') + std::string(size - 1, 'x'));
    tunnel.client->wait_until_delivered();
    tunnel.client->close(row.how);
    proxycore::test::taken_from(ended);
    EXPECT_EQ(received.size(), size);
    EXPECT_EQ(seen == asio::error::eof ? complete : seen, row.seen) << seen.message();
}

INSTANTIATE_TEST_SUITE_P(Ends, A2_EndOfClient, testing::ValuesIn(relayed()), pathology::test::row_name);

TEST(StreamEnd, A2_AnEndWithoutCloseNotifyIsInTheFlow) {
    Tunnel tunnel(true, [](net::Stream& stream) -> asio::awaitable<void> {
        co_await proxycore::test::read_exactly(stream, 5);
        stream.close(CloseMode::truncate);
    });
    tunnel.client->send(std::string("\0ask\n", 5));
    EXPECT_EQ(tunnel.client->read_to_end(), "");
    tunnel.client->close(CloseMode::fin);
    ASSERT_TRUE(tunnel.fixture.recorder->wait_for("tcp_error"));
    EXPECT_EQ(tunnel.fixture.recorder->tcp_flows().at(0)->error->message,
              "server: the connection ended without TLS close_notify");
}

// --- responses that the end of the connection ends -----------------------------------------------------------------

struct UntilClose {
    std::string name;
    std::string client;  ///< "h1" or "h2" over TLS, "plain" for HTTP/1 without TLS
    bool is_streamed;
    CloseMode how;
    net::error_code seen;  ///< by a client of HTTP/1
};

std::vector<UntilClose> until_close() {
    std::vector<UntilClose> rows;
    for (bool const is_streamed : {false, true}) {
        std::string const how = is_streamed ? "Streamed" : "Buffered";
        rows.push_back({how + "WithCloseNotify", "h1", is_streamed, CloseMode::fin, complete});
        rows.push_back({how + "WithoutCloseNotify", "h1", is_streamed, CloseMode::truncate, truncated});
        rows.push_back({how + "ForPlainClientWithCloseNotify", "plain", is_streamed, CloseMode::fin, complete});
        rows.push_back({how + "ForPlainClient", "plain", is_streamed, CloseMode::truncate, broken});
        rows.push_back({how + "ForHttp2WithCloseNotify", "h2", is_streamed, CloseMode::fin, complete});
        rows.push_back({how + "ForHttp2", "h2", is_streamed, CloseMode::truncate, {}});
    }
    return rows;
}

class A8_ResponseUntilClose : public testing::TestWithParam<UntilClose> {
protected:
    static constexpr std::size_t size = 300'000;

    void read_http1(TestClient& client, std::string const& target) {
        auto const& row = GetParam();
        client.send("GET " + target + " HTTP/1.1\r\nHost: origin.test\r\n\r\n");
        proxycore::test::taken_from(ended_);
        auto const all = client.read_to_end();
        EXPECT_EQ(all.size(), all.find("\r\n\r\n") + 4 + size);
        auto const seen = client.error() == asio::error::eof ? complete : client.error();
        EXPECT_EQ(seen, row.seen) << seen.message();
    }

    void read_http2(TestClient& client, std::string const& url) {
        auto const response = client.read_stream(client.send_on_new_stream(url));
        EXPECT_EQ(response.body.size(), size);
        bool const is_whole = GetParam().how == CloseMode::fin;
        EXPECT_EQ(response.status, is_whole ? 200U : 0U);
        EXPECT_THAT(response.head, HasSubstr(is_whole ? "" : "INTERNAL_ERROR"));
    }

    std::promise<void> done_;
    std::future<void> ended_ = done_.get_future();
};

TEST_P(A8_ResponseUntilClose, ComesWholeAndItsEndIsOfTheSameKind) {
    auto const& row = GetParam();
    SecureOrigin::Options options;
    options.conduct = [&](net::Stream& stream) -> asio::awaitable<void> {
        co_await test::read_head(stream);
        co_await net::send(stream, "HTTP/1.1 200 OK\r\n\r\n" + std::string(size, 'x'));
        co_await end_by(stream, row.how, done_);
    };
    SecureOrigin const origin(identity_for({"origin.test"}), options);
    ProxyFixture fixture({row.client == "h1" ? "reverse:" + origin.url() : "regular"});
    fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).set("ssl_insecure=true");
    if (row.is_streamed) fixture.set("stream_large_bodies=1").set("store_streamed_bodies=true");
    fixture.start();
    TestClient client(fixture.port());
    if (row.client == "h1") client.start_tls("origin.test");
    if (row.client == "h2")
        read_http2(client, origin.url());
    else
        read_http1(client, row.client == "plain" ? origin.url() + "/" : "/");

    ASSERT_TRUE(fixture.recorder->wait_for("response"));
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_EQ(flow->response->raw_content.value_or("").size(), size);
    bool const is_truncated = row.how == CloseMode::truncate;
    EXPECT_THAT(flow->error ? flow->error->message : "no error",
                HasSubstr(is_truncated ? "ended the connection without TLS close_notify" : "no error"));
    EXPECT_EQ(fixture.recorder->violations(), "");
}

INSTANTIATE_TEST_SUITE_P(Ends, A8_ResponseUntilClose, testing::ValuesIn(until_close()), pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
