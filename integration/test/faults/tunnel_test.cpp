// Upstream proxies, SOCKS5 clients and clients of CONNECT that refuse, lie, flood or leave (P04, P07, P08).
#include <gmock/gmock.h>

#include "faults/fault_fixture.hpp"
#include "faults/scripted_server.hpp"
#include "support/free_port.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using namespace std::string_literals;
using proxycore::test::leave;
using proxycore::test::patience;
using proxycore::test::read_to_end;
using proxycore::test::Script;
using proxycore::test::Turn;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Then = Turn::Then;

std::string const connect = "CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\n\r\n";
std::string const established = "HTTP/1.1 200 Connection established\r\n\r\n";
std::string const get = "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n";

// --- upstream proxies ------------------------------------------------------------------------------------------------

struct UpstreamFault {
    char const* name;
    std::string response;  ///< to CONNECT
    char const* says;
    Then then = Then::fin;
};
void PrintTo(UpstreamFault const& row, std::ostream* out) { *out << row.name; }

class P07_UpstreamFault : public testing::TestWithParam<UpstreamFault> {};

TEST_P(P07_UpstreamFault, IsReportedInsideOfTheTunnel) {
    auto const& row = GetParam();
    ScriptedServer const upstream({{"\r\n\r\n", row.response, row.then}});
    FaultFixture fixture({.topology = Topology::upstream, .server = upstream.port()});
    auto const received = fixture.play({{"", connect}, {established, get}, read_to_end()});
    fixture.expect_good_end();
    EXPECT_TRUE(upstream.wait_until_idle());

    EXPECT_THAT(received, StartsWith(established + "HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_THAT(fixture.hooks->flow_hooks(), ElementsAre("http_connect http_connected", "requestheaders request error",
                                                         "requestheaders request responseheaders response"));
    EXPECT_THAT(fixture.proxy.flows().at(0).error, HasSubstr(row.says));
    EXPECT_THAT(fixture.proxy.flows().at(0).error, HasSubstr(upstream.where()));
}

INSTANTIATE_TEST_SUITE_P(
    Http, P07_UpstreamFault,
    testing::Values(
        UpstreamFault{"Refuses", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403 Forbidden"},
        UpstreamFault{"AsksWhoWeAre", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                      "407 "},
        UpstreamFault{"Redirects", "HTTP/1.1 302 Found\r\nLocation: http://a/\r\nContent-Length: 0\r\n\r\n",
                      "302 Found"},
        UpstreamFault{"SwitchesProtocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "101 "},
        UpstreamFault{"RefusesAtLength", "HTTP/1.1 503 Busy\r\nContent-Length: 1000000\r\n\r\n" + repeated("x", 1000),
                      "503 Busy"},
        UpstreamFault{"SpeaksAnotherProtocol", "SSH-2.0-x\r\n", "CONNECT failed"},
        UpstreamFault{"SpeaksTls", "\x15\x03\x01\x00\x02\x02\x28"s, "CONNECT failed"},
        UpstreamFault{"SendsNothing", "", "CONNECT failed"},
        UpstreamFault{"ResetsTheConnection", "", "CONNECT failed", Then::reset},
        UpstreamFault{"StopsInTheStatusLine", "HTTP/1.1 200 Conn", "CONNECT failed"},
        UpstreamFault{"StopsInTheFields", "HTTP/1.1 200 OK\r\nA: ", "CONNECT failed"},
        UpstreamFault{"FloodsTheStatusLine", "HTTP/1.1 200 " + repeated("x", 200'000), "CONNECT failed", Then::go_on},
        UpstreamFault{"FloodsTheFields", "HTTP/1.1 200 OK\r\n" + repeated("A: b\r\n", 30'000), "CONNECT failed",
                      Then::go_on},
        UpstreamFault{"FloodsInterimResponses", repeated("HTTP/1.1 100 Continue\r\n\r\n", 10'000),
                      "more than 100 interim responses", Then::go_on},
        UpstreamFault{"EndsTheTunnelAtOnce", "HTTP/1.1 200 OK\r\n\r\n", "without a response"},
        UpstreamFault{"ResetsTheTunnelAtOnce", "HTTP/1.1 200 OK\r\n\r\n", "", Then::reset},
        UpstreamFault{"SendsGarbageInTheTunnel", "HTTP/1.1 200 OK\r\n\r\ngarbage\r\n\r\n", "is malformed"}),
    pathology::test::row_name);

TEST(UpstreamProxy, P07_OneThatCannotBeReachedIsNamed) {
    auto const port = pathology::test::free_port();
    FaultFixture fixture({.topology = Topology::upstream, .server = port});
    auto const result = fixture.request("get:TARGET");
    EXPECT_EQ(result.status, 502U);
    EXPECT_THAT(result.body, HasSubstr("127.0.0.1:" + std::to_string(port)));
    EXPECT_THAT(fixture.hooks->flow_hooks(), ElementsAre("requestheaders request error"));
    EXPECT_TRUE(fixture.proxy.wait_until_idle(patience));
    EXPECT_EQ(fixture.hooks->imbalance(), "");
}

// --- SOCKS5 ----------------------------------------------------------------------------------------------------------

struct SocksFault {
    char const* name;
    std::string sends;
    std::string received;
    Then then = Then::read_to_end;
    std::vector<std::string> settings = {};
};
void PrintTo(SocksFault const& row, std::ostream* out) { *out << row.name; }

class P08_SocksFault : public testing::TestWithParam<SocksFault> {};

TEST_P(P08_SocksFault, EndsTheConnectionWithItsReply) {
    auto const& row = GetParam();
    FaultFixture fixture({.topology = Topology::socks5, .settings = row.settings});
    EXPECT_EQ(fixture.play({{"", row.sends, row.then}}), row.received);
    EXPECT_TRUE(fixture.proxy.wait_until_idle(patience));
    EXPECT_THAT(fixture.hooks->flow_hooks(), IsEmpty());
    if (row.settings.empty()) fixture.expect_good_end();
}

std::string const hello = "\x05\x01\x00"s, chosen = "\x05\x00"s;
std::string const local = "\x7f\x00\x00\x01\x00\x50"s;

/// What a server sends that refuses a request with this reply code (RFC 1928 §6).
std::string refused_with(char code) { return chosen + "\x05"s + code + "\x00\x01\x00\x00\x00\x00\x00\x00"s; }
SocksFault refused(char const* name, std::string const& request, char code) {
    return {name, hello + request, refused_with(code)};
}
SocksFault cut(char const* name, std::string sends, std::string received = "") {
    return {name, std::move(sends), std::move(received), Then::half_close};
}
SocksFault with_password(char const* name, std::string sends, std::string received) {
    return {name, std::move(sends), std::move(received), Then::read_to_end, {"proxyauth=u:p"}};
}

INSTANTIATE_TEST_SUITE_P(
    Lies, P08_SocksFault,
    testing::Values(SocksFault{"OfItsVersion", "\x04\x01\x00\x50"s + local, ""}, SocksFault{"ByHttp", get, ""},
                    SocksFault{"OfNoMethods", "\x05\x00"s, ""},
                    SocksFault{"OfMethodsWeLack", "\x05\x02\x01\x02"s, "\x05\xff"},
                    SocksFault{"OfAll255MethodsButOurs", "\x05\xff"s + std::string(255, '\x01'), "\x05\xff"},
                    refused("OfTheVersionOfItsRequest", "\x04\x01\x00\x01"s + local, '\x01'),
                    refused("OfCommand0", "\x05\x00\x00\x01"s + local, '\x07'),
                    refused("OfBind", "\x05\x02\x00\x01"s + local, '\x07'),
                    refused("OfUdp", "\x05\x03\x00\x01"s + local, '\x07'),
                    refused("OfCommand255", "\x05\xff\x00\x01"s + local, '\x07'),
                    refused("OfAddressType0", "\x05\x01\x00\x00"s + local, '\x08'),
                    refused("OfAddressType9", "\x05\x01\x00\x09"s + local, '\x08'),
                    refused("OfAnEmptyName", "\x05\x01\x00\x03\x00\x00\x50"s, '\x01'),
                    refused("OfANameWithANul", "\x05\x01\x00\x03\x03\x61\x00\x62\x00\x50"s, '\x01'),
                    refused("OfANameWithABlank", "\x05\x01\x00\x03\x03\x61 b\x00\x50"s, '\x01'),
                    with_password("OfThePasswordsVersion", "\x05\x01\x02\x05\x01u\x01p"s, "\x05\x02"s),
                    with_password("OfItsPassword", "\x05\x01\x02\x01\x01u\x01x"s, "\x05\x02\x01\x01"s),
                    with_password("OfItsUser", "\x05\x01\x02\x01\x00\x01p"s, "\x05\x02\x01\x01"s),
                    with_password("OfHavingNoPassword", hello, "\x05\xff")),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(Leaves, P08_SocksFault,
                         testing::Values(cut("AtOnce", ""), cut("BehindItsVersion", "\x05"),
                                         cut("InItsMethods", "\x05\x02\x00"s), cut("BehindItsGreeting", hello, chosen),
                                         cut("InItsRequest", hello + "\x05\x01"s, chosen),
                                         cut("BeforeTheAddress", hello + "\x05\x01\x00\x01"s, chosen),
                                         cut("InTheAddress", hello + "\x05\x01\x00\x01\x7f\x00"s, chosen),
                                         cut("InTheName", hello + "\x05\x01\x00\x03\x0borigin"s, chosen),
                                         cut("InThePort", hello + "\x05\x01\x00\x01\x7f\x00\x00\x01\x00"s, chosen),
                                         cut("BehindItsRequest", hello + "\x05\x01\x00\x01"s + local,
                                             chosen + "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s),
                                         SocksFault{"ByResetInItsGreeting", "\x05", "", Then::reset},
                                         SocksFault{"ByResetInItsRequest", "\x05\x01\x00\x05\x01"s, "", Then::reset}),
                         pathology::test::row_name);

// --- CONNECT ---------------------------------------------------------------------------------------------------------

struct ConnectFault {
    char const* name;
    std::string target;
    unsigned status = 400;
    Topology topology = Topology::regular;
};
void PrintTo(ConnectFault const& row, std::ostream* out) { *out << row.name; }

class P04_ConnectFault : public testing::TestWithParam<ConnectFault> {};

TEST_P(P04_ConnectFault, IsRefused) {
    auto const& row = GetParam();
    FaultFixture fixture({.topology = row.topology});
    auto const received = fixture.play({{"", "CONNECT " + row.target + " HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    fixture.expect_good_end();
    EXPECT_THAT(received, StartsWith("HTTP/1.1 " + std::to_string(row.status) + " "));
    EXPECT_THAT(received, EndsWith("</html>\n"));
    EXPECT_EQ(fixture.hooks->flow_hooks().at(0), "error");
}

INSTANTIATE_TEST_SUITE_P(
    Http1, P04_ConnectFault,
    testing::Values(ConnectFault{"WithoutAPort", "origin.test"}, ConnectFault{"WithAnEmptyPort", "origin.test:"},
                    ConnectFault{"WithPort0", "origin.test:0"}, ConnectFault{"WithALargePort", "origin.test:65536"},
                    ConnectFault{"WithAPortOfWords", "origin.test:http"}, ConnectFault{"WithoutAHost", ":80"},
                    ConnectFault{"WithAPath", "/"}, ConnectFault{"WithAUrl", "http://origin.test/"},
                    ConnectFault{"WithAnOpenBracket", "[::1:80"},
                    ConnectFault{"ToAServer", "origin.test:80", 400, Topology::reverse}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::integration
