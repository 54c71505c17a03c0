// CONNECT over HTTP/1, and connections that the layer leaves to HTTP/2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/exchange/http1_fixture.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::Http1Fixture;
using test::leave;
using test::read_to_end;
using test::Turn;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Then = Turn::Then;

struct Tunnel {
    std::string name, request, established, inside;
};

class P04_Connect : public testing::TestWithParam<Tunnel> {};

TEST_P(P04_Connect, OpensATunnel) {
    Http1Fixture fixture;
    fixture.play({{"", GetParam().request}, {GetParam().established, "more", Then::fin}});
    EXPECT_EQ(fixture.received, GetParam().established);
    EXPECT_EQ(fixture.tunnel, GetParam().inside);
    EXPECT_EQ(fixture.hooks(), "http_connect http_connected");
}

INSTANTIATE_TEST_SUITE_P(
    Http1Layer, P04_Connect,
    testing::Values(Tunnel{"P04_c_WithoutAField", "CONNECT o.test:443 HTTP/1.1\r\nHost: o.test:443\r\n\r\n",
                           "HTTP/1.1 200 Connection established\r\n\r\n", "more"},
                    Tunnel{"InTheClientsVersion", "CONNECT o.test:443 HTTP/1.0\r\n\r\n",
                           "HTTP/1.0 200 Connection established\r\n\r\n", "more"},
                    Tunnel{"P04_f_WithBytesBehindIt", "CONNECT [::1]:443 HTTP/1.1\r\nHost: a\r\n\r\nhello ",
                           "HTTP/1.1 200 Connection established\r\n\r\n", "hello more"},
                    Tunnel{"WithStrayLineEnds", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n\r\n\nhello ",
                           "HTTP/1.1 200 Connection established\r\n\r\n", "hello more"}),
    pathology::test::row_name);

TEST(Http1Layer, P04_e_AnAddonRefusesATunnel) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(403, "no");
    };
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, leave("no")});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
    EXPECT_THAT(fixture.asked, IsEmpty());
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
}

TEST(Http1Layer, P62_b_AClientMayAskAgainForATunnel) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) {
        if (!flow.request.headers.contains("Proxy-Authorization")) flow.response = flow::Response::make(407, "who?");
    };
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
                  {"who?", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic YTpi\r\n\r\n"},
                  leave("established\r\n\r\n")});
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error http_connect http_connected");
}

TEST(Http1Layer, P06_g_RefusesTunnelsWhereClientsDoNotKnowOfTheProxy) {
    Http1Fixture fixture;
    fixture.http_mode = HttpMode::transparent;
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(fixture.received, HasSubstr("another mode"));
}

TEST(Http1Layer, P04_EagerTunnelsReportTheirServer) {
    Http1Fixture fixture;
    fixture.settings.strategy = ConnectionStrategy::eager;
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_THAT(fixture.received, HasSubstr("cannot connect to o.test:443"));
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
}

TEST(Http1Layer, P31_c_AKilledTunnelIsJustClosed) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) { flow.kill({}); };
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_EQ(fixture.received, "");
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
}

TEST(Http1Layer, LeavesHttp2ToItsLayer) {
    Http1Fixture fixture;
    std::string const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    fixture.play({{"", preface + "frames", Then::fin}});
    EXPECT_EQ(fixture.tunnel, preface + "frames");
    fixture.settings.http.http2 = false;
    fixture.play({{"", preface}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 "));
}

TEST(Http1Layer, LeavesAllToHttp2WhereAlpnSaysSo) {  // RFC 9113 §3.2: a broken preface is broken HTTP/2
    Http1Fixture fixture;
    fixture.is_secure = true;
    fixture.alpn = "h2";
    std::string const no_preface = "INVALID CONNECTION PREFACE\r\n\r\n";
    fixture.play({{"", no_preface, Then::fin}});
    EXPECT_EQ(fixture.tunnel, no_preface);
    fixture.alpn = "http/1.1";
    fixture.play({{"", no_preface}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 400 "));
}

}  // namespace
}  // namespace pathology::proxycore::layers
