// How the end of a client becomes the end of the request to its server, at each place of an exchange, over each protocol:
// doc/pathop.md, "How an end is passed on".
#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <future>
#include <map>
#include <ostream>

#include "faults/end_peers.hpp"
#include "proxy/proxy_fixture.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using net::CloseMode;
using proxycore::http2::ErrorCode;
using proxycore::proxy::test::ProxyFixture;
using proxycore::test::taken_from;

enum class Place { in_head, in_body, in_response, after };

struct ClientEnd {
    std::string name;
    Protocol client, server;
    End end;
    Place place;
};
void PrintTo(ClientEnd const& row, std::ostream* out) { *out << row.name; }

/// Whether the client still waits for the rest of its response: over HTTP/1 FIN ends the requests alone, and GOAWAY ends
/// no stream.
bool still_waits(ClientEnd const& row) {
    if (row.place != Place::in_response || row.end.reset) return false;
    return !row.end.how || (row.end.how == CloseMode::half_close && !is_http2(row.client));
}

/// Whether the exchange goes on to its end.
bool is_complete(ClientEnd const& row) { return still_waits(row) || row.place == Place::after; }

struct Outcome {
    std::string client_saw{}, server_saw{};  ///< empty = it is not looked at
    std::string hook{};                      ///< the last one of the flow; empty = there is no flow
    std::string violations{};
    bool operator==(Outcome const&) const = default;
};
void PrintTo(Outcome const& outcome, std::ostream* out) {
    *out << "client: " << outcome.client_saw << ", server: " << outcome.server_saw << ", " << outcome.hook
         << outcome.violations;
}

Outcome expected(ClientEnd const& row) {
    if (row.place == Place::in_head) return {};
    if (is_complete(row)) return {.client_saw = "200 'begin end' whole", .hook = "response"};
    return {.server_saw = is_http2(row.server) ? "RST_STREAM CANCEL" : "the end of the connection", .hook = "error"};
}

/// A client, the proxy and a server. Bodies are streamed, so that each side sees what the other one does.
class Exchange {
public:
    explicit Exchange(ClientEnd row) : row_(std::move(row)) {
        fixture_.set("ssl_insecure=true").set("stream_large_bodies=0").start();
    }

    Outcome play() {
        Outcome outcome;
        {
            EndingClient client(row_.client, fixture_.port());
            if (row_.place == Place::in_head) {
                auto const request = request_of(row_.client, "", 0);
                client.send(request.substr(0, request.size() - 5));
                client.end(row_.end);
                fixture_.recorder->wait_for("client_disconnected");
            } else {
                if (is_introduced_first()) get_acquainted(client);
                outcome = begin_and_end(client);
            }
        }
        fixture_.recorder->wait_for("client_disconnected");
        if (is_asked_ == (row_.place == Place::in_head)) outcome.violations = "the server was asked wrongly";
        outcome.violations += fixture_.recorder->violations();
        return outcome;
    }

private:
    Outcome begin_and_end(EndingClient& client) {
        Outcome outcome;
        row_.place == Place::in_body ? client.send_request("begin", 9) : client.send_request();
        if (row_.place == Place::in_response) client.read_until("begin");
        if (row_.place == Place::after) outcome.client_saw = client.read_response();
        taken_from(has_begun_);
        client.end(row_.end);
        ended_.set_value();
        if (still_waits(row_)) outcome.client_saw = client.read_response();
        if (!is_complete(row_)) outcome.server_saw = taken_from(server_saw_);
        std::size_t const before = is_introduced_first() ? 1 : 0;
        auto const* const hook = is_complete(row_) ? "response" : "error";
        fixture_.recorder->wait_for(hook, is_complete(row_) ? before + 1 : 1);
        outcome.hook = fixture_.recorder->http_flows().at(before)->error ? "error" : "response";
        return outcome;
    }

    /// A server of HTTP/2 without TLS is asked once before, so that what is streamed to it goes over HTTP/2 at once.
    bool is_introduced_first() const { return row_.server == Protocol::http2; }
    static void get_acquainted(EndingClient& client) {
        client.send_request();
        client.read_response();
    }

    asio::awaitable<void> serve(net::Stream& stream) {
        ServerPeer peer(stream);
        for (bool is_introduced = false; !is_introduced;) {
            bool const is_asked = co_await peer.read_request();
            if (!is_asked) co_return;
            if (is_introduced_first() && !peer.is_http2()) co_return co_await speak_http2(stream);
            is_introduced = !is_introduced_first() || is_known_.exchange(true);
            auto const alive = response_of(peer.is_http2(), "alive", 5, peer.stream());
            if (!is_introduced) co_await net::send(stream, alive);
        }
        is_asked_ = true;
        std::string const begin = "begin";
        if (row_.place == Place::in_body) co_await peer.read_until(begin);
        auto const content = row_.place == Place::after ? "begin end" : begin;
        auto const response = response_of(peer.is_http2(), content, 9, peer.stream());
        if (row_.place != Place::in_body) co_await net::send(stream, response);
        begun_.set_value();
        taken_from(client_has_ended_);
        auto const rest = rest_of_response(peer.is_http2(), peer.stream());
        if (still_waits(row_)) co_await net::send(stream, rest);
        auto const seen = co_await end_of_request(peer);
        seen_.set_value(seen);
    }

    /// What the server sees: `RST_STREAM` with its code, or the end of its connection.
    static asio::awaitable<std::string> end_of_request(ServerPeer& peer) {
        std::string const never = "\r\n\r\nnever", reset = "RST_STREAM " + std::to_string(peer.stream()) + " ";
        auto const& sign = peer.is_http2() ? reset : never;
        bool const is_reset = co_await peer.read_until(sign);
        if (!is_reset) co_return "the end of the connection";
        auto const text = peer.text();
        auto const code = text.substr(text.find(reset) + reset.size());
        co_return "RST_STREAM " + code.substr(0, code.find('\n'));
    }

    ClientEnd row_;
    std::atomic<bool> is_known_ = false, is_asked_ = false;
    std::promise<void> begun_, ended_;
    std::promise<std::string> seen_;
    std::future<void> has_begun_ = begun_.get_future(), client_has_ended_ = ended_.get_future();
    std::future<std::string> server_saw_ = seen_.get_future();
    EndingServer server_{row_.server, [this](net::Stream& stream) { return serve(stream); }};
    ProxyFixture fixture_{{server_.mode()}};
};

/// The proxy looks at a client that is being responded to only after a second.
bool takes_a_second(ClientEnd const& row) { return row.place == Place::in_response && !still_waits(row); }

std::vector<ClientEnd> all_rows();

/// Exchanges that take a second run at the same time.
class EndOfClient : public testing::TestWithParam<ClientEnd> {
public:
    static void SetUpTestSuite() {
        for (auto const& row : all_rows())
            if (takes_a_second(row))
                running().emplace(row.name, std::async(std::launch::async, [row] { return Exchange(row).play(); }));
    }
    static void TearDownTestSuite() { running().clear(); }

protected:
    static std::map<std::string, std::future<Outcome>>& running() {
        static std::map<std::string, std::future<Outcome>> all;
        return all;
    }
};

TEST_P(EndOfClient, IsPassedOn) {
    auto const& row = GetParam();
    EXPECT_EQ(takes_a_second(row) ? running().at(row.name).get() : Exchange(row).play(), expected(row));
}

std::vector<End> ends_of(Protocol client, Protocol server) {
    auto ends = ends_of_connection(client);
    if (!is_http2(client)) return ends;
    for (auto const code : {ErrorCode::no_error, ErrorCode::enhance_your_calm}) {
        ends.push_back(goaway(0, code, std::nullopt));
        ends.push_back(goaway(0, code, CloseMode::half_close));
    }
    if (is_tls(client)) return ends;
    for (auto& end : resets(server == Protocol::http2 ? 3 : 1)) ends.push_back(std::move(end));
    return ends;
}

bool exists(ClientEnd const& row) {
    if (row.end.frames.empty()) return true;
    // Frames do not begin inside of frames; a request may follow GOAWAY, and what is complete is not reset.
    return row.place != Place::in_head && row.place != Place::after && (row.place != Place::in_body || row.end.reset);
}

std::string name_of(ClientEnd const& row) {
    constexpr std::array places{"InTheHead", "InTheBody", "InTheResponse", "AfterTheResponse"};
    return row.end.name + "_" + places.at(static_cast<std::size_t>(row.place)) + "_" + to_string(row.client) + "To" +
           to_string(row.server);
}

std::vector<ClientEnd> all_rows() {
    std::vector<ClientEnd> rows;
    for (auto const& [client, server] : pairs_of_protocols())
        for (auto const& end : ends_of(client, server))
            for (auto const place : {Place::in_head, Place::in_body, Place::in_response, Place::after}) {
                rows.push_back({"", client, server, end, place});
                rows.back().name = name_of(rows.back());
            }
    std::erase_if(rows, [](ClientEnd const& row) { return !exists(row); });
    return rows;
}

INSTANTIATE_TEST_SUITE_P(Http, EndOfClient, testing::ValuesIn(all_rows()), pathology::test::row_name);

}  // namespace
}  // namespace pathology::integration
