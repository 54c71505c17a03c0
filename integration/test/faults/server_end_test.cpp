// How the end of a server becomes the end of a response, at each place of it, over each protocol: doc/pathop.md, "How an
// end is passed on".
#include <gmock/gmock.h>

#include <array>
#include <atomic>

#include "faults/end_peers.hpp"
#include "proxy/proxy_fixture.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using net::CloseMode;
using proxycore::http2::ErrorCode;
using proxycore::proxy::test::ProxyFixture;
using testing::AnyOf;
using testing::Matcher;

enum class Place {
    before_head,
    in_head,
    in_body,      ///< of known length
    until_close,  ///< in a body that the end of the connection ends
    after,
};

struct ServerEnd {
    std::string name;
    Protocol client, server;
    End end;
    Place place;
    bool is_streamed;
};
void PrintTo(ServerEnd const& row, std::ostream* out) { *out << row.name; }

class EndOfServer : public testing::TestWithParam<ServerEnd> {
protected:
    /// A request behind that of this row.
    bool is_later(ServerPeer const& peer) const {
        auto const& row = GetParam();
        bool const is_http1_at_last = row.end.reset == ErrorCode::http_1_1_required && !peer.is_http2();
        return has_ended_ && (is_http1_at_last || row.place == Place::after);
    }

    std::string response(ServerPeer const& peer) const {
        switch (GetParam().place) {
            case Place::before_head: return "";
            case Place::in_head: return response_of(peer.is_http2(), "", 9, peer.stream()).substr(0, 12);
            case Place::in_body: return response_of(peer.is_http2(), "begin", 9, peer.stream());
            case Place::until_close: return "HTTP/1.1 200 OK\r\n\r\nbegin";
            case Place::after: break;
        }
        return response_of(peer.is_http2(), "begin end", 9, peer.stream());
    }

    asio::awaitable<void> serve(net::Stream& stream) {
        auto const& row = GetParam();
        ServerPeer peer(stream);
        for (;;) {
            bool const is_asked = co_await peer.read_request();
            if (!is_asked) co_return;
            if (is_later(peer)) {
                auto const alive = response_of(peer.is_http2(), "alive", 5, peer.stream());
                co_await net::send(stream, alive);
            } else if (row.server == Protocol::http2 && !peer.is_http2()) {
                co_return co_await speak_http2(stream);
            } else {
                auto const sent = response(peer);
                co_await net::send(stream, sent);
                has_ended_ = true;
                co_await play_end(stream, row.end);
            }
        }
    }

    std::atomic<bool> has_ended_ = false;
};

/// What a client sees of a response that has begun and breaks off.
Matcher<std::string> broken_off(ServerEnd const& row) {
    if (is_http2(row.client)) {
        bool const says_why = row.end.reset && *row.end.reset != ErrorCode::no_error;
        return "200 'begin' RST_STREAM " + name(says_why ? *row.end.reset : ErrorCode::internal_error);
    }
    // FIN in a body of known length shows it, too.
    if (row.place == Place::in_body) return testing::MatchesRegex("200 'begin' (FIN|FIN without close_notify|RST)");
    return AnyOf("200 'begin' FIN without close_notify", "200 'begin' RST");
}

/// What it sees of one that breaks off before anything of it was passed on.
Matcher<std::string> buffered(ServerEnd const& row) {
    // The server has begun to respond, so it is not asked again, but the client may do so (RFC 9113 §7).
    bool const asks_for_http1 = row.end.reset == ErrorCode::http_1_1_required && is_http2(row.client);
    return asks_for_http1 ? "RST_STREAM HTTP_1_1_REQUIRED" : "502 whole";
}

/// What it sees where there is nothing of a response.
Matcher<std::string> before_head(ServerEnd const& row) {
    // It is asked once more, over HTTP/1.1 (RFC 9113 §7), unless it has refused that before.
    bool const is_asked_again = row.end.reset == ErrorCode::http_1_1_required && row.server != Protocol::http2;
    return is_asked_again ? "200 'alive' whole" : buffered(row);
}

/// What it sees of one whose end is the end of the connection.
Matcher<std::string> until_close(ServerEnd const& row) {
    if (row.end.how == CloseMode::half_close) return is_http2(row.client) ? "200 'begin' whole" : "200 'begin' FIN";
    if (row.end.how == CloseMode::reset) return row.is_streamed ? broken_off(row) : "502 whole";
    if (is_http2(row.client)) return "200 'begin' RST_STREAM INTERNAL_ERROR";
    return is_tls(row.client) ? "200 'begin' FIN without close_notify" : "200 'begin' RST";
}

Matcher<std::string> expected(ServerEnd const& row) {
    switch (row.place) {
        case Place::before_head: return before_head(row);
        case Place::in_head: return "502 whole";
        case Place::in_body: return row.is_streamed ? broken_off(row) : buffered(row);
        case Place::until_close: return until_close(row);
        case Place::after: break;
    }
    return "200 'begin end' whole";
}

/// Whether the flow has no error.
bool is_complete(ServerEnd const& row) {
    bool const is_asked_again = row.place == Place::before_head && row.end.reset == ErrorCode::http_1_1_required;
    if (is_asked_again) return row.server != Protocol::http2;
    return row.place == Place::after || (row.place == Place::until_close && row.end.how == CloseMode::half_close);
}

TEST_P(EndOfServer, IsPassedOn) {
    auto const& row = GetParam();
    EndingServer const server(row.server, [this](net::Stream& stream) { return serve(stream); });
    ProxyFixture fixture({server.mode()});
    fixture.set("ssl_insecure=true");
    if (row.is_streamed) fixture.set("stream_large_bodies=0");
    fixture.start();
    EndingClient client(row.client, fixture.port());
    client.send_request();
    EXPECT_THAT(client.read_response(), expected(row));
    if (row.place == Place::after) {
        client.send_request();
        EXPECT_EQ(client.read_response(), "200 'alive' whole") << "the next request";
    }
    bool const has_all_bytes = row.place == Place::until_close && row.end.how != CloseMode::reset;
    ASSERT_TRUE(fixture.recorder->wait_for(is_complete(row) || has_all_bytes ? "response" : "error"));
    EXPECT_EQ(fixture.recorder->http_flows().at(0)->error.has_value(), !is_complete(row));
    EXPECT_EQ(fixture.recorder->violations(), "");
}

std::vector<End> ends_of(Protocol client, Protocol server) {
    auto ends = ends_of_connection(server);
    if (!is_http2(server)) return ends;
    ends.push_back(goaway(1, ErrorCode::no_error, CloseMode::half_close));
    ends.push_back(goaway(1, ErrorCode::enhance_your_calm, CloseMode::half_close));
    ends.push_back(goaway(0, ErrorCode::no_error, CloseMode::half_close));
    if (is_tls(client)) return ends;
    for (auto& end : resets(1)) ends.push_back(std::move(end));
    return ends;
}

std::string name_of(ServerEnd const& row) {
    constexpr std::array places{"BeforeTheHead", "InTheHead", "InTheBody", "InABodyUntilTheEnd", "AfterTheResponse"};
    return row.end.name + "_" + places.at(static_cast<std::size_t>(row.place)) + (row.is_streamed ? "Streamed" : "") +
           "_" + to_string(row.server) + "For" + to_string(row.client);
}

bool exists(ServerEnd const& row) {
    if (row.place == Place::until_close && is_http2(row.server)) return false;
    if (row.place == Place::in_head && !row.end.frames.empty()) return false;  // frames do not begin inside of frames
    bool const streaming_differs = row.place == Place::in_body || row.place == Place::until_close;
    return !row.is_streamed || streaming_differs;
}

std::vector<ServerEnd> all_rows() {
    std::vector<ServerEnd> rows;
    for (auto const& [client, server] : pairs_of_protocols())
        for (auto const& end : ends_of(client, server))
            for (auto const place :
                 {Place::before_head, Place::in_head, Place::in_body, Place::until_close, Place::after})
                for (bool const is_streamed : {false, true}) {
                    ServerEnd row{"", client, server, end, place, is_streamed};
                    row.name = name_of(row);
                    if (exists(row)) rows.push_back(row);
                }
    return rows;
}

INSTANTIATE_TEST_SUITE_P(Http, EndOfServer, testing::ValuesIn(all_rows()), pathology::test::row_name);

}  // namespace
}  // namespace pathology::integration
