// Proxies that other people wrote, behind pathop and before it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/real_proxy.hpp"
#include "support/row_name.hpp"
#include "websocket_peers.hpp"

namespace pathology::integration {
namespace {

using test::RealProxy;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

#define NEEDS(program) \
    if (!test::is_installed(program)) GTEST_SKIP() << (program) << " is not installed"

TEST(PathopProxies, P07_g_AChainOfTwoCarriesPlainAndSafePages) {
    Pathod const plain, safe({"-s"});
    Pathop second({"--json", "-k"});
    Pathop first({"--json", "-k", "--mode", "upstream:" + second.url()});
    EXPECT_EQ(curl_through(first.url(), {plain.url("/p/200:b'plain'")}).out, "plain");
    EXPECT_EQ(second.flow()["request"]["first_line_format"], "absolute");
    EXPECT_EQ(curl_through(first.url(), {"https://127.0.0.1:" + safe.port() + "/p/200:b'safe'"}).out, "safe");
    EXPECT_EQ(second.flow()["response"]["body"], "safe");
    EXPECT_EQ(first.flow()["relay"]["via"], second.url());
}

// --- behind ----------------------------------------------------------------------------------------------------------

/// Two origins that send WebSocket messages back and record what they are asked.
struct Origins {
    Pathod plain{{"--json", "--ws-echo"}};
    SafePathod safe{{"--json", "--ws-echo"}};

    std::string plain_url() const { return "http://localhost:" + plain.port(); }
    std::string safe_url() const { return "https://localhost:" + safe.port(); }
};

struct BehindCase {
    char const* name;
    char const* program;
    std::unique_ptr<RealProxy> (*start)(Origins const&);
    char const* sign;   ///< what the origin finds in the fields of a plain request that came through it
    bool looks_inside;  ///< of tunnels, with an authority of its own
};
void PrintTo(BehindCase const& row, std::ostream* out) { *out << row.program; }

class UpstreamProxy : public testing::TestWithParam<BehindCase> {};

TEST_P(UpstreamProxy, P07_CarriesPagesAndWebSockets) {
    NEEDS(GetParam().program);
    Origins origins;
    auto const proxy = GetParam().start(origins);
    if (!proxy->is_running()) GTEST_SKIP() << GetParam().program << " does not start here: " << proxy->failure();
    auto const trusted =
        GetParam().looks_inside ? (proxy->folder() / "mitmproxy-ca-cert.pem").string() : origins.safe.authority();
    Pathop pathop({"--json", "--mode", "upstream:" + proxy->url(), "--upstream-trusted-ca", trusted});

    EXPECT_EQ(curl_through(pathop.url(), {origins.plain_url() + "/p/200:b'plain'"}).out, "plain");
    auto const plain = pathop.flow();
    EXPECT_EQ(plain["relay"]["url"], origins.plain_url() + "/p/200:b'plain'");
    EXPECT_EQ(plain["relay"]["via"], proxy->url());
    EXPECT_EQ(plain["response"]["body"], "plain");

    auto const fetched =
        curl_through(pathop.url(), {"--write-out", " %{http_version}", origins.safe_url() + "/p/200:b'safe'"});
    EXPECT_EQ(fetched.out, "safe 2") << fetched.err;
    auto const safe = pathop.flow();
    EXPECT_EQ(safe["relay"]["url"], origins.safe_url() + "/p/200:b'safe'");
    EXPECT_EQ(safe["relay"]["alpn"], "h2");
    EXPECT_EQ(safe["relay"]["via"], proxy->url());

    if (why_no_python_websockets().empty()) {
        for (auto const& url : {"ws://localhost:" + origins.plain.port(), "wss://localhost:" + origins.safe.port()}) {
            auto const exchanged = exchange_by_http1({url + "/chat", Pathop::authority(), "connect", pathop.at()});
            EXPECT_THAT(exchanged.out, EndsWith(echoed)) << exchanged.err;
            auto const flow = pathop.flow();
            EXPECT_EQ(flow["relay"]["message_count"], 8) << flow;
            EXPECT_EQ(flow["relay"]["close"]["code"], 4001);
            EXPECT_EQ(flow["relay"]["via"], proxy->url());
        }
    }
    auto const asked = origins.plain.stop_with_entries().at(0)["request"];
    EXPECT_EQ(asked["target"], "/p/200:b'plain'");
    EXPECT_THAT(asked["headers"].dump(), HasSubstr(GetParam().sign));
    EXPECT_EQ(origins.safe.pathod().stop_with_entries().at(0)["protocol"], "http2");
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, UpstreamProxy,
    testing::Values(
        BehindCase{"Squid", "squid", [](Origins const&) { return RealProxy::squid(); }, "squid", false},
        BehindCase{"Tinyproxy", "tinyproxy", [](Origins const&) { return RealProxy::tinyproxy(); }, "tinyproxy", false},
        BehindCase{
            "Mitmproxy", "mitmdump",
            [](Origins const& origins) {
                return RealProxy::mitmdump({"--set", "ssl_verify_upstream_trusted_ca=" + origins.safe.authority()});
            },
            "curl", true}),
    test::row_name);

// --- before ----------------------------------------------------------------------------------------------------------

TEST(PathopProxies, P07_MitmproxyStandsBefore) {
    NEEDS("mitmdump");
    Origins origins;
    Pathop pathop({"--json", "--upstream-trusted-ca", origins.safe.authority()});
    auto const proxy = RealProxy::mitmdump(
        {"--mode", "upstream:" + pathop.url(), "--set", "ssl_verify_upstream_trusted_ca=" + Pathop::authority()});
    if (!proxy->is_running()) GTEST_SKIP() << "mitmdump does not start here: " << proxy->failure();
    auto const authority = (proxy->folder() / "mitmproxy-ca-cert.pem").string();
    auto const fetch = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--proxy", proxy->url(), "--noproxy", "", "--cacert", authority,
                                             "--write-out", " %{http_version}"});
        return curl(std::move(arguments));
    };

    EXPECT_EQ(fetch({origins.plain_url() + "/p/200:b'plain'"}).out, "plain 1.1");
    EXPECT_EQ(pathop.flow()["request"]["first_line_format"], "absolute");
    for (auto const* version : {"1.1", "2"}) {
        auto const ended = fetch({std::string("--http") + version, origins.safe_url() + "/p/200:b'safe'"});
        EXPECT_EQ(ended.out, std::string("safe ") + version) << ended.err;
        auto const flow = pathop.flow();
        EXPECT_EQ(flow["relay"]["url"], origins.safe_url() + "/p/200:b'safe'");
        EXPECT_EQ(flow["alpn"], std::string("2") == version ? "h2" : "http/1.1");
    }
    if (!why_no_python_websockets().empty()) return;
    auto const exchanged =
        exchange_by_http1({"wss://localhost:" + origins.safe.port() + "/chat", authority, "connect", proxy->at()});
    EXPECT_THAT(exchanged.out, EndsWith(echoed)) << exchanged.err;
    EXPECT_EQ(pathop.flow()["relay"]["message_count"], 8);
}

TEST(PathopProxies, MicrosocksStandsBefore) {
    NEEDS("microsocks");
    Origins const origins;
    auto const socks = RealProxy::microsocks();
    ASSERT_TRUE(socks->is_running()) << socks->failure();
    Pathop pathop({"--json", "--upstream-trusted-ca", origins.safe.authority()});
    for (auto const& url : {origins.plain_url(), origins.safe_url()}) {
        auto const ended =
            curl_through(pathop.url(), {"--preproxy", "socks5h://" + socks->at(), url + "/p/200:b'hello'"});
        EXPECT_EQ(ended.out, "hello") << ended.err;
        EXPECT_EQ(pathop.flow()["relay"]["url"], url + "/p/200:b'hello'");
    }
}

}  // namespace
}  // namespace pathology::integration
