// The daemon over HTTP/2, seen by libcurl.
#include <pathology/testkit/testkit.hpp>

#include "support/curl.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using test::Curl;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

Curl trusting(Daemon const& daemon, long http_version) {
    Curl curl;
    curl.set(CURLOPT_CAINFO, daemon.authority_file().c_str()).set(CURLOPT_HTTP_VERSION, http_version);
    return curl;
}

TEST(DaemonHttp2, IsAgreedOnOverTls) {
    Daemon daemon({.tls = DaemonTls{}});
    auto curl = trusting(daemon, CURL_HTTP_VERSION_2TLS);
    EXPECT_EQ(curl.get(daemon.url_for("200:b'by frames'")).body, "by frames");
    EXPECT_EQ(curl.get(daemon.url_for("404")).status, 404);
    EXPECT_THAT(daemon.take_request(10s),
                Optional(AllOf(HasAlpn("h2"), AnsweredBy("200:b'by frames'"), HasMethod("GET"),
                               ReceivedFrame("HEADERS"), IsOnConnection(0))));
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(IsOnConnection(0), HasIndex(1))));
}

TEST(DaemonHttp2, IsLeftOutWhenConfigured) {
    Daemon daemon({.tls = DaemonTls{}, .http2 = false});
    EXPECT_EQ(trusting(daemon, CURL_HTTP_VERSION_2TLS).get(daemon.url_for("200")).status, 200);
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasAlpn("http/1.1"), Not(ReceivedFrame("HEADERS")))));
}

TEST(DaemonHttp2, NeedsNoTls) {
    Daemon daemon;
    Curl curl;
    curl.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE});
    EXPECT_EQ(curl.get(daemon.url_for("200:b'plain'")).body, "plain");
    EXPECT_THAT(daemon.take_request(10s), Optional(ReceivedFrame("SETTINGS")));
}

TEST(DaemonHttp2, CutsAResponseWhereTheSpecSays) {
    Daemon daemon({.tls = DaemonTls{}});
    auto const fetched = trusting(daemon, CURL_HTTP_VERSION_2TLS).get(daemon.url_for("200:b@1k:d500"));
    EXPECT_NE(fetched.code, CURLE_OK);
    EXPECT_LT(fetched.body.size(), 500U);
}

TEST(DaemonHttp2, ReadsBodies) {
    Daemon daemon({.tls = DaemonTls{}});
    trusting(daemon, CURL_HTTP_VERSION_2TLS).put(daemon.url_for("201"), std::string(100'000, 'x'));
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasMethod("PUT"), ReceivedFrame("DATA"))));
}

// --- the client ------------------------------------------------------------------------------------------------------

TEST(ClientHttp2, AsksOverTls) {
    Daemon daemon({.tls = DaemonTls{}});
    Client client({.port = daemon.port(), .tls = ClientTls{}, .http2 = true});
    EXPECT_THAT(client.request("get:'/p/200:b@100k'"),
                AllOf(HasStatus(200), HasAlpn("h2"), HasBody(SizeIs(100 << 10))));
    EXPECT_THAT(client.request("post:/p/404:b@50k"), HasStatus(404));
    EXPECT_THAT(daemon.requests(), ElementsAre(IsOnConnection(0), AllOf(IsOnConnection(0), HasIndex(1))));
    EXPECT_THAT(client.replay(), HasSubstr("pathoc --http2 -s -p "));
}

TEST(ClientHttp2, AsksInPlainTextAmongFrames) {
    Daemon daemon;
    Client client({.port = daemon.port(), .http2 = true});
    EXPECT_THAT(client.request("h2f:PING get:/p/201 h2f:WINDOW_UPDATE:0:INCREMENT=5 get:/p/202"), HasStatus(202));
    EXPECT_THAT(daemon.requests(), ElementsAre(AnsweredBy("201"), AnsweredBy("202")));
    EXPECT_FALSE(client.receive()) << "responses come with their requests";
}

TEST(ClientHttp2, ReportsThatTheServerChoseSomethingElse) {
    Daemon const daemon({.tls = DaemonTls{}, .http2 = false});
    Client client({.port = daemon.port(), .tls = ClientTls{}, .http2 = true});
    EXPECT_FALSE(client.request("get:/p/200"));
}

}  // namespace
}  // namespace pathology::testkit
