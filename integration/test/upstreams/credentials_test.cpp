// What users see if an upstream proxy does not accept the credentials of the file, and where these are not seen.
#include <gmock/gmock.h>

#include "upstreams/peers.hpp"
#include "upstreams/targets.hpp"
#include "upstreams/through_peer.hpp"

namespace pathology::integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct BadLoginCase {
    char const* name;
    PeerCase peer;
    char const* fields;      ///< of the file
    char const* plain;       ///< status of a plain request
    char const* says;        ///< on the error page for a request in a tunnel
    char const* says_plain;  ///< the same for the plain request
};
void PrintTo(BadLoginCase const& row, std::ostream* out) { *out << row.name; }
class MultiUpstreamBadLogin : public testing::TestWithParam<BadLoginCase> {};

TEST_P(MultiUpstreamBadLogin, P84_c_IsReportedWithoutThePassword) {
    auto const& row = GetParam();
    auto& peer = Peer::of(row.peer);
    if (!peer.is_running()) GTEST_SKIP() << row.peer.program << " does not start here: " << peer.failure();
    ThroughPeer through(peer, peer.configuration_with(row.fields));
    auto& pathop = through.pathop();
    auto const fetch = [&](std::string const& url) {
        return curl_through(pathop.url(), {"--write-out", "\n%{http_code}", url}).out;
    };
    auto& targets = Targets::all();

    EXPECT_THAT(fetch(targets.plain.url("/p/200")),
                AllOf(HasSubstr(std::string("\n") + row.plain), HasSubstr(row.says_plain)));
    EXPECT_THAT(fetch("https://localhost:" + targets.safe.port() + "/p/200"),
                AllOf(HasSubstr("\n502"), HasSubstr(row.says), HasSubstr("Upstream proxy peer")));
    auto const ended = pathop.stop();
    EXPECT_THAT(ended.out + ended.err, AllOf(HasSubstr("peer"), Not(HasSubstr("wr0ng"))));
    EXPECT_THAT(ended.err, HasSubstr(row.says));
}

constexpr char ipv4[] = "127.0.0.1";
constexpr char wrong[] = "username: me, password: wr0ng, ", none[] = "";
constexpr PeerCase squid{"SquidHttpLogin", "squid", "http", ipv4, Login::in_url};
constexpr PeerCase squid_https{"SquidHttpsLogin", "squid", "https", ipv4, Login::in_fields};
constexpr PeerCase tinyproxy{"TinyproxyLogin", "tinyproxy", "http", ipv4, Login::in_url};
constexpr PeerCase microsocks{"MicrosocksLogin", "microsocks", "socks5", ipv4, Login::in_url};
constexpr PeerCase mitmproxy{"MitmproxyLogin", "mitmdump", "http", ipv4, Login::in_fields};

INSTANTIATE_TEST_SUITE_P(
    Rows, MultiUpstreamBadLogin,
    testing::Values(BadLoginCase{"SquidWrong", squid, wrong, "407", "407", "squid"},
                    BadLoginCase{"SquidNone", squid, none, "407", "407", "squid"},
                    BadLoginCase{"SquidHttpsWrong", squid_https, wrong, "407", "407", "squid"},
                    BadLoginCase{"TinyproxyWrong", tinyproxy, wrong, "40", "40", "tinyproxy"},
                    BadLoginCase{"TinyproxyNone", tinyproxy, none, "407", "407", "tinyproxy"},
                    BadLoginCase{"MitmproxyWrong", mitmproxy, wrong, "407", "407", "407"},
                    BadLoginCase{"MicrosocksWrong", microsocks, wrong, "502", "rejected", "rejected"},
                    BadLoginCase{"MicrosocksNone", microsocks, none, "502", "requires a user and a password",
                                 "requires a user and a password"}),
    [](auto const& row) { return std::string(row.param.name); });

struct UpgradeCase {
    char const* name;
    PeerCase peer;
};
void PrintTo(UpgradeCase const& row, std::ostream* out) { *out << row.name; }
class MultiUpstreamUpgrade : public testing::TestWithParam<UpgradeCase> {};

/// The manual test of the documents, which sends no key: curl waits until the server ends.
TEST_P(MultiUpstreamUpgrade, P83_f_GetsA101) {
    auto const& row = GetParam();
    auto& peer = Peer::of(row.peer);
    if (!peer.is_running()) GTEST_SKIP() << row.peer.program << " does not start here: " << peer.failure();
    auto& pathop = ThroughPeer::of(row.peer).pathop();
    auto const host = "127.0.0.1:" + Targets::all().upgrade.port();
    test::run("sh", {"-c", "unset no_proxy NO_PROXY; curl -x " + pathop.url() +
                               " -H \"Connection: Upgrade\" -H \"Upgrade: websocket\" http://" + host});
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["response"]["status_code"], "101") << flow;
    EXPECT_TRUE(peer.has_logged("http://" + host + "/", false));
}

INSTANTIATE_TEST_SUITE_P(Rows, MultiUpstreamUpgrade,
                         testing::Values(UpgradeCase{"Http", squid}, UpgradeCase{"Https", squid_https},
                                         UpgradeCase{"Socks5", microsocks}, UpgradeCase{"Tinyproxy", tinyproxy}),
                         [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::integration
