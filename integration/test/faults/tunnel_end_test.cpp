// How an end of one side of a tunnel becomes that of the other side, where a client opens it over each protocol:
// doc/pathop.md, "How an end is passed on"; for streams of HTTP/2, RFC 9113 §8.5.
#include <gmock/gmock.h>

#include <future>

#include "faults/end_peers.hpp"
#include "proxy/proxy_fixture.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"

namespace pathology::integration {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using net::CloseMode;
using proxycore::proxy::test::Origin;
using proxycore::proxy::test::ProxyFixture;
using proxycore::test::taken_from;

struct TunnelEnd {
    std::string name;
    Protocol client;
    End end;
};
void PrintTo(TunnelEnd const& row, std::ostream* out) { *out << row.name; }

/// What neither TLS nor HTTP begins with.
std::string const greeting("\0hi\n", 4);

std::vector<TunnelEnd> rows_of(std::vector<End> (*ends_of)(Protocol)) {
    std::vector<TunnelEnd> rows;
    for (auto const client : {Protocol::http1, Protocol::http1_tls, Protocol::http2, Protocol::http2_tls})
        for (auto const& end : ends_of(client)) rows.push_back({end.name + "_" + to_string(client), client, end});
    return rows;
}

// --- the server ends its side ----------------------------------------------------------------------------------------

class EndOfTunnelServer : public testing::TestWithParam<TunnelEnd> {};

TEST_P(EndOfTunnelServer, ComesBehindItsBytes) {
    auto const& row = GetParam();
    Origin const origin([&row](net::Stream& stream) -> asio::awaitable<void> {
        co_await proxycore::test::read_exactly(stream, greeting.size());
        std::string const begin = "begin";
        co_await net::send(stream, begin);
        co_await play_end(stream, row.end);
        std::string rest;
        if (row.end.how != CloseMode::reset) co_await proxycore::test::read_to_end(stream, rest);
    });
    ProxyFixture fixture;
    fixture.set("ssl_insecure=true").start();
    EndingClient client(row.client, fixture.port());
    client.open_tunnel(origin.where(), greeting);
    bool const is_reset = row.end.how == CloseMode::reset;
    std::string const http1 = is_reset ? "RST" : "FIN", http2 = is_reset ? "RST_STREAM CONNECT_ERROR" : "whole";
    EXPECT_EQ(client.read_response(), "200 'begin' " + (is_http2(row.client) ? http2 : http1));
}

INSTANTIATE_TEST_SUITE_P(Bytes, EndOfTunnelServer,
                         testing::ValuesIn(rows_of([](Protocol) { return ends_of_connection(Protocol::http1); })),
                         pathology::test::row_name);

// --- the client ends its side ----------------------------------------------------------------------------------------

class EndOfTunnelClient : public testing::TestWithParam<TunnelEnd> {};

TEST_P(EndOfTunnelClient, ComesBehindItsBytes) {
    auto const& row = GetParam();
    std::promise<std::pair<std::string, net::error_code>> seen;
    auto server_saw = seen.get_future();
    Origin const origin([&seen](net::Stream& stream) -> asio::awaitable<void> {
        std::string received = co_await proxycore::test::read_exactly(stream, greeting.size());
        std::string const begin = "begin";
        co_await net::send(stream, begin);
        auto const ec = co_await proxycore::test::read_to_end(stream, received);
        seen.set_value({received, ec});
    });
    ProxyFixture fixture;
    fixture.set("ssl_insecure=true").start();
    EndingClient client(row.client, fixture.port());
    client.open_tunnel(origin.where(), greeting);
    client.read_until("begin");
    client.end(row.end);
    auto const [received, ec] = taken_from(server_saw);
    EXPECT_EQ(received, greeting);
    // An error of the stream or of its connection is RST, and HTTP/2 ends a side by END_STREAM alone.
    bool const is_orderly = is_http2(row.client) ? !row.end.how && !row.end.reset : row.end.how != CloseMode::reset;
    EXPECT_EQ(ec, is_orderly ? net::error_code(asio::error::eof) : asio::error::connection_reset) << ec.message();
}

std::vector<End> ends_of_client(Protocol client) {
    auto ends = ends_of_connection(client);
    if (!is_http2(client)) return ends;
    ends.push_back(end_of_stream());
    for (auto& end : resets(1)) ends.push_back(std::move(end));
    return ends;
}

INSTANTIATE_TEST_SUITE_P(Bytes, EndOfTunnelClient, testing::ValuesIn(rows_of(ends_of_client)),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::integration
