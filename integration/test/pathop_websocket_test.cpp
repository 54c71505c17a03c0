// WebSocket between programs that other people wrote, through every mode of pathop, by HTTP/1.1 and HTTP/2.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "certificate.hpp"
#include "pathop.hpp"
#include "support/replaced.hpp"
#include "support/row_name.hpp"
#include "websocket_peers.hpp"

namespace pathology::integration {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// What pathop recorded is what both ends said: four messages there and back, and how the client took its leave.
void expect_conversation(json flow) {
    EXPECT_EQ(flow["type"], "relayed") << flow;
    EXPECT_EQ(flow["protocol"], "websockets") << flow;
    auto& relay = flow["relay"];
    EXPECT_THAT(relay["url"].dump(), EndsWith("/chat\""));
    EXPECT_EQ(relay["message_count"], 8);
    struct Sent {
        char const *type, *content;
    };
    std::size_t at = 0;
    for (auto const& sent : {Sent{"text", "hello"}, Sent{"binary", "\\x00\\x01\\xff"}, Sent{"text", ""}}) {
        for (bool const from_client : {true, false}) {
            auto& message = relay["messages"][at++];
            EXPECT_EQ(message["from_client"], from_client) << message;
            EXPECT_EQ(message["type"], sent.type) << message;
            EXPECT_EQ(message["content"], sent.content) << message;
        }
    }
    EXPECT_EQ(relay["messages"][at]["content_size"], 1 << 20);
    EXPECT_EQ(relay["close"], json({{"by_client", true}, {"code", 4001}, {"reason", "done"}}));
}

/// What pathod saw: an Upgrade of HTTP/1.1, frames that are masked, and the client's leave at the end.
void expect_upgrade_and_frames(std::vector<json> const& entries) {
    json asked, last;
    for (auto const& entry : entries) {
        if (asked.is_null() && entry.contains("request")) asked = entry["request"];
        if (entry.value("type", "") != "inbound") continue;
        last = entry["frame"];
        EXPECT_EQ(last["mask"], true) << entry;
    }
    EXPECT_EQ(asked["target"], "/chat") << json(entries);
    EXPECT_EQ(asked["http_version"], "HTTP/1.1");
    EXPECT_THAT(asked["headers"].dump(), HasSubstr("\"websocket\""));
    EXPECT_EQ(last["opcode"], 8) << json(entries);
    EXPECT_EQ(last["payload"], "\\x0f\\xa1done");
}

// --- every mode ------------------------------------------------------------------------------------------------------

struct Way {
    char const* name;
    char const* mode;  ///< ORIGIN and UPSTREAM stand for those
    char const* how;   ///< the client reaches the proxy; empty: as if that were the server
    char const* scheme;
    bool safe_origin;
};
void PrintTo(Way const& way, std::ostream* out) { *out << way.mode << ' ' << way.scheme; }

class WebSocketWay : public testing::TestWithParam<Way> {};

TEST_P(WebSocketWay, P16_d_CarriesMessagesOfEverySort) {
    if (auto const why = why_no_python_websockets(); !why.empty()) GTEST_SKIP() << why;
    auto const& way = GetParam();
    std::optional<Pathod> plain;
    std::optional<SafePathod> safe;
    way.safe_origin ? void(safe.emplace(std::vector<std::string>{"--ws-echo", "--json"}))
                    : void(plain.emplace(std::vector<std::string>{"--ws-echo", "--json"}));
    auto& origin = way.safe_origin ? safe->pathod() : *plain;
    std::vector<std::string> const trust = {"--json", "--upstream-trusted-ca", safe ? safe->authority() : ""};
    std::vector<std::string> const only_json = {"--json"};
    std::optional<Pathop> upstream;
    auto mode = test::replaced(way.mode, "ORIGIN", "127.0.0.1:" + origin.port());
    if (mode.find("UPSTREAM") != mode.npos) {
        upstream.emplace(safe ? trust : only_json);
        mode = test::replaced(mode, "UPSTREAM", upstream->at());
    }
    std::vector<std::string> arguments = safe && !upstream ? trust : only_json;
    if (upstream) arguments.insert(arguments.end(), {"--upstream-trusted-ca", Pathop::authority()});
    arguments.insert(arguments.end(), {"--mode", mode});
    Pathop pathop(arguments);
    std::string const how = way.how;
    auto const server = how.empty() ? pathop.at() : "localhost:" + origin.port();
    std::vector<std::string> talk = {std::string(way.scheme) + "://" + server + "/chat", Pathop::authority()};
    if (!how.empty()) talk.insert(talk.end(), {how, pathop.at()});
    auto const ended = exchange_by_http1(talk);
    EXPECT_THAT(ended.out, StartsWith("extensions: permessage-deflate")) << ended.err;
    EXPECT_THAT(ended.out, EndsWith(echoed)) << ended.err;
    auto const flow = pathop.flow();
    expect_conversation(flow);
    EXPECT_EQ(flow["relay"]["mode"], mode);
    if (upstream) expect_conversation(upstream->flow());
    expect_upgrade_and_frames(origin.stop_with_entries());
}

INSTANTIATE_TEST_SUITE_P(Pathop, WebSocketWay,
                         testing::Values(Way{"RegularPlain", "regular", "connect", "ws", false},
                                         Way{"RegularSafe", "regular", "connect", "wss", true},
                                         Way{"ReversePlain", "reverse:http://ORIGIN", "", "ws", false},
                                         Way{"ReversePlainToSafe", "reverse:https://ORIGIN", "", "ws", true},
                                         Way{"ReverseSafeToPlain", "reverse:http://ORIGIN", "", "wss", false},
                                         Way{"ReverseSafe", "reverse:https://ORIGIN", "", "wss", true},
                                         Way{"UpstreamPlain", "upstream:http://UPSTREAM", "connect", "ws", false},
                                         Way{"UpstreamSafe", "upstream:http://UPSTREAM", "connect", "wss", true},
                                         Way{"SafeUpstream", "upstream:https://UPSTREAM", "connect", "ws", false},
                                         Way{"SocksPlain", "socks5", "socks5", "ws", false},
                                         Way{"SocksSafe", "socks5", "socks5", "wss", true}),
                         test::row_name);

TEST(PathopWebSocket, P16_a_AbsoluteFormUpgrades) {
    Pathod origin({"--ws-echo", "--json"});
    Pathop pathop({"--json"});
    auto const ended = pathoc({"-t", "20", "-p", pathop.port(), "127.0.0.1", "ws:get:'" + origin.url("/chat") + "'",
                               "wf:fin:b'hello'", "wf:fin:cclose:b'\\x0f\\xa1done'"});
    EXPECT_THAT(ended.out, HasSubstr("<< 101 Switching Protocols")) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("<< ws frame:text:fin 5b"));
    EXPECT_THAT(ended.out, HasSubstr("<< ws frame:close:fin "));
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["request"]["first_line_format"], "absolute");
    EXPECT_EQ(flow["relay"]["message_count"], 2);
    EXPECT_EQ(flow["relay"]["messages"][1]["content"], "hello");
    EXPECT_EQ(flow["relay"]["close"]["code"], 4001);
    expect_upgrade_and_frames(origin.stop_with_entries());
}

TEST(PathopWebSocket, P16_i_AServerLearnsWhyItsClientLeft) {
    if (auto const why = why_no_python_websockets(); !why.empty()) GTEST_SKIP() << why;
    test::Process server("/usr/bin/python3", {WEBSOCKET_SERVER, "100"});
    auto const port = server.read_line();
    Pathop pathop({"--json"});
    auto const ended = exchange_by_http1({"ws://localhost:" + port + "/chat", "", "connect", pathop.at()});
    EXPECT_THAT(ended.out, StartsWith("extensions: permessage-deflate")) << ended.err;
    EXPECT_THAT(ended.out, EndsWith(echoed)) << ended.err;
    EXPECT_EQ(server.read_line(), "4001 done");
    expect_conversation(pathop.flow());
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

/// A proxy before an echo server by HTTP/2.
struct BeforeHttp2Echo {
    explicit BeforeHttp2Echo(std::string const& setting = "upstream_cert=true")
        : reverse({"--json", "--mode", "reverse:" + server.url(), "--upstream-trusted-ca", certificate.file(), "--set",
                   setting}) {}

    Certificate const certificate;
    Http2EchoServer server{certificate.key(), certificate.file()};
    Pathop reverse;

    void expect_extended_connect() {
        EXPECT_EQ(server.sent(), "CONNECT websocket /chat 13");
        EXPECT_EQ(server.sent(), "closed: 4001 done");
    }
};

TEST(PathopWebSocket, P16_d_Http2OnBothSides) {
    if (auto const why = why_no_node_websockets(); !why.empty()) GTEST_SKIP() << why;
    BeforeHttp2Echo fixture;
    auto const ended = exchange_by_http2({"https://" + fixture.reverse.at() + "/chat", Pathop::authority()});
    EXPECT_EQ(ended.out, std::string("may connect: true\nstatus: 200\n") + echoed) << ended.err;
    auto const flow = fixture.reverse.flow();
    expect_conversation(flow);
    EXPECT_EQ(flow["alpn"], "h2");
    EXPECT_EQ(flow["relay"]["alpn"], "h2");
    fixture.expect_extended_connect();
}

TEST(PathopWebSocket, P16_d_Http1BeforeHttp2) {
    if (auto const why = why_no_node_websockets(); !why.empty()) GTEST_SKIP() << why;
    if (auto const why = why_no_python_websockets(); !why.empty()) GTEST_SKIP() << why;
    BeforeHttp2Echo fixture("upstream_cert=false");  // so that the client's protocol is settled before the server's
    auto const ended =
        exchange_by_http1({"wss://localhost:" + fixture.reverse.port() + "/chat", Pathop::authority(), "either"});
    EXPECT_THAT(ended.out, EndsWith(echoed)) << ended.err;
    auto const flow = fixture.reverse.flow();
    expect_conversation(flow);
    EXPECT_EQ(flow["alpn"], "http/1.1");
    EXPECT_EQ(flow["relay"]["alpn"], "h2");
    fixture.expect_extended_connect();
}

TEST(PathopWebSocket, P16_d_Http2BeforeHttp1) {
    if (auto const why = why_no_node_websockets(); !why.empty()) GTEST_SKIP() << why;
    SafePathod origin({"--ws-echo", "--json"});  // it speaks HTTP/2, but WebSocket by HTTP/1.1 alone
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const ended =
        exchange_by_http2({"https://localhost:" + origin.port() + "/chat", Pathop::authority(), pathop.at()});
    EXPECT_EQ(ended.out, std::string("may connect: true\nstatus: 200\n") + echoed) << ended.err;
    auto const flow = pathop.flow();
    expect_conversation(flow);
    EXPECT_EQ(flow["alpn"], "h2");
    EXPECT_EQ(flow["relay"]["mode"], "regular");
    expect_upgrade_and_frames(origin.pathod().stop_with_entries());
}

}  // namespace
}  // namespace pathology::integration
