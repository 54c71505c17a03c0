// Peers that stop saying or taking anything, for ever: the proxy's own limit ends it (P13, P17).
#include <gmock/gmock.h>

#include <future>
#include <map>

#include "faults/fault_fixture.hpp"
#include "faults/scripted_server.hpp"
#include "http2/frames.hpp"
#include "proxy/test_client.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::integration {
namespace {

using namespace std::string_literals;
namespace wire = proxycore::http2::test;
using proxycore::http2::SettingId;
using proxycore::test::read_to_end;
using proxycore::test::Script;
using proxycore::test::Turn;
using testing::HasSubstr;
using testing::StartsWith;
using Then = Turn::Then;

std::string const get = "GET TARGET HTTP/1.1\r\nHost: a\r\n\r\n";
std::string const post = "POST TARGET HTTP/1.1\r\nHost: a\r\n";

struct Stall {
    char const* name;
    Script client;
    std::string response = "200:b'ok'";
    std::string received{};  ///< what the client's bytes begin with; "" = it hears nothing
    char const* hooks = "";  ///< "" = there is no flow
    char const* says = "";
    std::vector<std::string> settings = {};
    Topology topology = Topology::regular;
    bool tls = false;
    std::optional<Script> server = std::nullopt;  ///< in place of `answer`
    std::size_t flood = 0;                        ///< bytes behind the first that the client says
};
void PrintTo(Stall const& row, std::ostream* out) { *out << row.name; }

constexpr char const* in_request = "requestheaders error";
constexpr char const* before_head = "requestheaders request error";
constexpr char const* in_response = "requestheaders request responseheaders error";

/// A server that stops, and a client that waits for it.
Stall server(char const* name, std::string response, char const* hooks,
             std::string received = "HTTP/1.1 504 Gateway Timeout\r\n") {
    return {name,  {{"", get}, read_to_end()}, std::move(response), std::move(received),
            hooks, "was silent for too long"};
}

Stall streamed(char const* name, std::string response) {
    auto row = server(name, std::move(response), "requestheaders request responseheaders error");
    row.received = "HTTP/1.1 200 OK\r\n";
    row.settings = {"stream_large_bodies=0"};
    return row;
}

/// A client that stops in its request.
Stall client(char const* name, std::string sent, char const* hooks) {
    return {name,  {{"", std::move(sent), Then::read_to_end}}, "200:b'ok'", "",
            hooks, "the client was silent for too long"};
}

/// The same where it has been told to go on.
Stall continued(char const* name, std::vector<std::string> settings) {
    auto row = client(name, post + "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n", in_request);
    row.received = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!settings.empty())
        row.says = "was silent for too long";  // its server, whose answer is waited for, is silent, too
    row.settings = std::move(settings);
    return row;
}

/// A server that stops, and a client that does not wait for that.
Stall leaving(char const* name, Then how) {
    return {name, {{"", get, how}}, "200:p0,f", "", "requestheaders request error", "the client disconnected"};
}

/// A client that stops before it has asked for anything.
Stall before_http(char const* name, Topology topology, std::string sent, std::string received) {
    auto row = client(name, std::move(sent), "");
    row.received = std::move(received);
    row.topology = topology;
    row.tls = topology == Topology::reverse;
    row.settings = {"connect_timeout=2"};
    return row;
}

Stall scripted(char const* name, Stall row, Topology topology, Script server) {
    row.name = name;
    row.topology = topology;
    row.server = std::move(server);
    row.settings.emplace_back("connect_timeout=2");
    return row;
}

std::string const connect = "CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\n\r\n";
std::string const established = "HTTP/1.1 200 Connection established\r\n\r\n";
std::string const socks = "\x05\x01\x00"s;
std::string const handshake =
    "GET TARGET HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
std::string const without_window =
    wire::hello() + wire::settings(wire::setting(SettingId::initial_window_size, 0)) +
    wire::headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}});

/// The first message of a TLS client that means well.
std::string client_hello() {
    proxycore::tls::test::EnginePair pair;
    pair.client.handshake();
    std::string bytes;
    pair.client.take_outgoing(bytes);
    return bytes;
}

std::string const ten = "200:b'0123456789'";
std::string const in_chunks = "200:r:h'Transfer-Encoding'='chunked':b'5\\r\\nhello\\r\\n0\\r\\n\\r\\n'";

Stall const before_tls{"", {{"", get}, read_to_end()}, "",  "HTTP/1.1 504 ", before_head, "",
                       {}, Topology::reverse,          true};

std::vector<Stall> const& rows() {
    static std::vector<Stall> const all{
        server("P13_TheServerBeforeAnyByte", "200:p0,f", before_head),
        server("TheServerInItsStatusLine", "200:p12,f", before_head),
        server("TheServerInAField", "200:p25,f", before_head),
        server("TheServerBehindAnInterimResponse", "200:i0,'HTTP/1.1 102 Processing\\r\\n\\r\\n':p0,f", before_head,
               "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 504 "),
        server("TheServerBehindItsHead", ten + ":p39,f", in_response),
        server("TheServerInItsBody", ten + ":p44,f", in_response),
        server("TheServerInAChunk", in_chunks + ":p52,f", in_response),
        server("TheServerBeforeTheLastChunk", in_chunks + ":p57,f", in_response),
        server("TheServerInABodyUntilTheEnd", "200:r:b'0123456789':p25,f", in_response),
        streamed("TheServerInAStreamedBody", ten + ":p44,f"),
        streamed("TheServerInAStreamedChunk", in_chunks + ":p52,f"),
        streamed("TheServerInAStreamedBodyUntilTheEnd", "200:r:b'0123456789':p25,f"),
        client("P17_a_TheClientBeforeAnyByte", "", ""),
        client("P17_a_TheClientInItsRequestLine", "GET /", ""),
        client("P17_a_TheClientInAField", post + "A: ", ""),
        client("P17_a_TheClientBehindItsHead", post + "Content-Length: 10\r\n\r\n", in_request),
        client("P17_a_TheClientInItsBody", post + "Content-Length: 10\r\n\r\n01234", in_request),
        client("P17_a_TheClientInAChunk", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe", in_request),
        client("P17_a_TheClientBeforeTheLastChunk", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
               in_request),
        continued("P12_e_TheClientThatMayContinue", {}),
        continued("P12_e_TheClientThatMayContinueAStream", {"stream_large_bodies=0"}),
        before_http("P17_a_TheSocksClientInItsGreeting", Topology::socks5, "\x05", ""),
        before_http("P17_a_TheSocksClientInItsRequest", Topology::socks5, socks + "\x05\x01", "\x05\x00"s),
        before_http("P17_a_TheTlsClientInItsHello", Topology::reverse, client_hello().substr(0, 100), ""),
        before_http("P17_a_TheTlsClientBehindItsHello", Topology::reverse, client_hello(), "\x16\x03\x03"),
        Stall{"P17_a_BothSidesOfAWebSocket",
              {{"", handshake, Then::read_to_end}},
              "ws",
              "HTTP/1.1 101 ",
              "requestheaders request responseheaders response websocket_start websocket_end"},
        Stall{"TheClientThatReadsNothingOverHttp2",
              {{"", without_window, Then::read_to_end}},
              "200:b'ok'",
              "\0\0"s,
              "requestheaders request responseheaders response",
              "",
              {},
              Topology::reverse},
        scripted("TheServerThatReadsNothing",
                 {"",
                  {{"", post + "Content-Length: 33554432\r\n\r\n", Then::read_to_end}},
                  "",
                  "HTTP/1.1 504 ",
                  in_request,
                  "for too long",
                  {"stream_large_bodies=0"},
                  Topology::reverse,
                  false,
                  std::nullopt,
                  1 << 25},
                 Topology::reverse, {{"\r\n\r\n", "", Then::stall}}),
        scripted("P07_TheUpstreamProxyBehindAConnect",
                 {"",
                  {{"", connect}, {established, get}, read_to_end()},
                  "",
                  established + "HTTP/1.1 504 ",
                  "http_connect http_connected, requestheaders request error",
                  "CONNECT failed"},
                 Topology::upstream, {read_to_end("\r\n\r\n")}),
        scripted("P07_TheUpstreamProxyBeforeItsHandshake", before_tls, Topology::upstream, {read_to_end("\x16\x03")}),
        scripted("P07_TheUpstreamProxyInItsHandshake", before_tls, Topology::upstream,
                 {{"\x16\x03", "\x16\x03\x03\x00\x40\x02\x00"s, Then::read_to_end}}),
        scripted("P22_c_TheServerInItsHandshake", before_tls, Topology::reverse, {read_to_end("\x16\x03")}),
        leaving("TheServerWhoseClientLeaves", Then::fin),
        leaving("TheServerWhoseClientResets", Then::reset),
    };
    return all;
}

/// A conversation that goes on beside the tests.
struct Running {
    explicit Running(Stall const& row)
        : server(row.server ? std::make_unique<ScriptedServer>(*row.server) : nullptr), fixture(setup_of(row)) {
        if (server == nullptr) fixture.daemon.on("/fault$", row.response);
        auto script = row.client;
        script.front().send.append(row.flood, 'x');
        received = std::async(std::launch::async, [this, script] { return fixture.play(script); });
    }

    std::unique_ptr<ScriptedServer> server;
    FaultFixture fixture;
    std::future<std::string> received;

private:
    ProxySetup setup_of(Stall const& row) const {
        ProxySetup setup{.topology = row.topology, .settings = row.settings, .tls = row.tls};
        if (server != nullptr) setup.server = server->port();
        setup.settings.emplace_back("tcp_timeout=2");
        return setup;
    }
};

/// All rows stall at the same time, so that the limit is waited for once.
class P17_Stall : public testing::TestWithParam<Stall> {
public:
    static void SetUpTestSuite() {
        for (auto const& row : rows()) running().emplace(row.name, row);
    }
    static void TearDownTestSuite() { running().clear(); }

protected:
    static std::map<std::string, Running>& running() {
        static std::map<std::string, Running> all;
        return all;
    }
};

TEST_P(P17_Stall, IsEndedByTheLimit) {
    auto const& row = GetParam();
    auto& [server, fixture, received] = running().at(row.name);
    auto const text = proxycore::test::taken_from(received);
    fixture.proxy.set("tcp_timeout=600");
    fixture.proxy.set("connect_timeout=30");
    EXPECT_TRUE(fixture.hooks->wait_for("client_disconnected"));
    auto const hooks = fixture.hooks->flow_sequences();
    auto const flows = fixture.proxy.flows();
    bool const is_alone = server != nullptr && row.tls;  // what the script says later is no TLS
    is_alone ? fixture.expect_silence() : fixture.expect_good_end();
    if (server != nullptr && row.flood == 0) {  // who reads nothing does not see the end
        EXPECT_TRUE(server->wait_until_idle());
    }

    EXPECT_THAT(text, StartsWith(row.received));
    EXPECT_EQ(text.empty(), row.received.empty()) << text.substr(0, 500);
    EXPECT_EQ(hooks, row.hooks);
    for (auto const& flow : flows) EXPECT_THAT(flow.error, HasSubstr(row.says));
}

INSTANTIATE_TEST_SUITE_P(Http1, P17_Stall, testing::ValuesIn(rows()), pathology::test::row_name);

TEST(ClientThatReadsNothing, P17_a_IsLetGo) {
    FaultFixture fixture({.settings = {"stream_large_bodies=0", "tcp_timeout=2"}});
    fixture.daemon.on("/fault$", "200:b@1g");
    proxycore::proxy::test::TestClient client(fixture.proxy.port());
    client.send("GET " + fixture.target("/fault") + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(fixture.hooks->wait_for("client_disconnected"));
    EXPECT_EQ(fixture.hooks->flow_sequences(), in_response);
    EXPECT_THAT(fixture.proxy.flows().at(0).error, HasSubstr("did not read for too long"));
    fixture.proxy.set("tcp_timeout=600");
    fixture.expect_good_end();
}

}  // namespace
}  // namespace pathology::integration
