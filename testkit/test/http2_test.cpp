// The daemon over HTTP/2, seen by libcurl.
#include <pathology/testkit/testkit.hpp>

#include "support/curl.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using test::Curl;
using testing::AllOf;
using testing::Not;
using testing::Optional;

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
    EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasAlpn("h2"), AnsweredBy("200:b'by frames'"), HasMethod("GET"),
                                                        ReceivedFrame("HEADERS"), IsOnConnection(0))));
    EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(IsOnConnection(0), HasIndex(1))));
}

TEST(DaemonHttp2, IsLeftOutWhenTold) {
    Daemon daemon({.tls = DaemonTls{}, .http2 = false});
    EXPECT_EQ(trusting(daemon, CURL_HTTP_VERSION_2TLS).get(daemon.url_for("200")).status, 200);
    EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasAlpn("http/1.1"), Not(ReceivedFrame("HEADERS")))));
}

TEST(DaemonHttp2, NeedsNoTls) {
    Daemon daemon;
    Curl curl;
    curl.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE});
    EXPECT_EQ(curl.get(daemon.url_for("200:b'plain'")).body, "plain");
    EXPECT_THAT(daemon.take_request(2s), Optional(ReceivedFrame("SETTINGS")));
}

TEST(DaemonHttp2, CutsAnAnswerWhereTheSpecSays) {
    Daemon daemon({.tls = DaemonTls{}});
    auto const fetched = trusting(daemon, CURL_HTTP_VERSION_2TLS).get(daemon.url_for("200:b@1k:d500"));
    EXPECT_NE(fetched.code, CURLE_OK);
    EXPECT_LT(fetched.body.size(), 500U);
}

TEST(DaemonHttp2, ReadsBodies) {
    Daemon daemon({.tls = DaemonTls{}});
    trusting(daemon, CURL_HTTP_VERSION_2TLS).put(daemon.url_for("201"), std::string(100'000, 'x'));
    EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasMethod("PUT"), ReceivedFrame("DATA"))));
}

}  // namespace
}  // namespace pathology::testkit
