// Origins that ask for renegotiation in the middle of an exchange.
#include <gmock/gmock.h>

#include <array>
#include <pathology/proxycore/net/server.hpp>
#include <utility>

#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"
#include "tls/renegotiating_peer.hpp"

namespace pathology::proxycore::proxy {
namespace {

using test::ProxyFixture;
using test::TestClient;
using testing::HasSubstr;
using tls::test::RenegotiatingPeer;
using Played = boost::asio::awaitable<void>;

/// Asks for renegotiation when it has a request, and ends the connection once that is refused.
class RenegotiatingOrigin {
public:
    RenegotiatingOrigin()
        : server_({}, [](net::Connection connection) { return serve(std::move(connection.stream)); }) {
        server_.start().value();
    }
    std::uint16_t port() const { return server_.port(); }

private:
    static Played serve(std::unique_ptr<net::Stream> stream) {
        RenegotiatingPeer peer(RenegotiatingPeer::Side::server);
        std::array<char, 4096> block{};
        bool has_asked = false;
        for (;;) {
            auto const [ec, n] = co_await stream->read_some(boost::asio::buffer(block));
            if (ec) co_return;
            peer.feed({block.data(), n});
            bool const was_established = peer.is_established();
            auto bytes = was_established ? peer.read() : peer.handshake();
            bool const asks = was_established && !std::exchange(has_asked, true);
            if (asks) bytes = peer.request_renegotiation();
            if (co_await net::send(*stream, bytes)) co_return;
            if (was_established && !asks) co_return;  // it was refused: the alert handshake_failure was sent
        }
    }

    net::Server server_;
};

struct Row {
    std::string_view name, mode;
    bool is_tunnel = false;
};
class A7_RenegotiatingOrigin : public testing::TestWithParam<Row> {};
TEST_P(A7_RenegotiatingOrigin, Gets502AtOnce) {
    RenegotiatingOrigin const origin;
    auto const endpoint = "127.0.0.1:" + std::to_string(origin.port());
    auto const mode = std::string(GetParam().mode);
    ProxyFixture fixture({mode == "regular" ? mode : mode + endpoint});
    fixture.set("ssl_insecure=true").start();
    TestClient client(fixture.port());
    if (GetParam().is_tunnel) {
        EXPECT_EQ(client.request("CONNECT " + endpoint + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
        client.start_tls("origin.test");
    }
    auto const response = client.request("POST /reneg HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("alert"));
}
INSTANTIATE_TEST_SUITE_P(Modes, A7_RenegotiatingOrigin,
                         testing::Values(Row{"Tunnel", "regular", true}, Row{"Reverse", "reverse:https://", false}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
