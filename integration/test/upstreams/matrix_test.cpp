// Multi-upstream mode with proxies that other people wrote: everything that a client fetches, through each of them.
#include <gmock/gmock.h>

#include <tuple>

#include "upstreams/peers.hpp"
#include "upstreams/targets.hpp"
#include "upstreams/through_peer.hpp"

namespace pathology::integration {
namespace {

class MultiUpstreamPeer : public testing::TestWithParam<std::tuple<PeerCase, TargetCase>> {};

TEST_P(MultiUpstreamPeer, P83_a_LeadsToTheTarget) {
    auto const& [row, target] = GetParam();
    auto& peer = Peer::of(row);
    if (!peer.is_running()) GTEST_SKIP() << row.program << " does not start here: " << peer.failure();
    auto& pathop = ThroughPeer::of(row).pathop();
    auto const url = target.url(Targets::all());

    target.perform(pathop, url);
    if (IsSkipped() || HasFailure()) return;
    if (auto* const server = target.server ? target.server(Targets::all()) : nullptr; server != nullptr) {
        EXPECT_TRUE(server->read_past(target.printed));
    }
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["relay"]["choice"]["upstream"], "peer") << flow;
    bool const has_tunnel = !target.is_plain || std::string_view(row.scheme) == "socks5";
    EXPECT_TRUE(peer.has_logged(url, !has_tunnel)) << "the request did not go through the proxy";
}

constexpr char ipv4[] = "127.0.0.1", ipv6[] = "::1";

auto const peers = testing::Values(PeerCase{"SquidHttp", "squid", "http", ipv4, Login::none},
                                   PeerCase{"SquidHttpLogin", "squid", "http", ipv4, Login::in_url},
                                   PeerCase{"SquidHttpIpv6", "squid", "http", ipv6, Login::none},
                                   PeerCase{"SquidHttpIpv6Login", "squid", "http", ipv6, Login::in_fields},
                                   PeerCase{"SquidHttps", "squid", "https", ipv4, Login::none},
                                   PeerCase{"SquidHttpsLogin", "squid", "https", ipv4, Login::in_fields},
                                   PeerCase{"SquidHttpsIpv6", "squid", "https", ipv6, Login::none},
                                   PeerCase{"SquidHttpsIpv6Login", "squid", "https", ipv6, Login::in_url},
                                   PeerCase{"Microsocks", "microsocks", "socks5", ipv4, Login::none},
                                   PeerCase{"MicrosocksLogin", "microsocks", "socks5", ipv4, Login::in_url},
                                   PeerCase{"MicrosocksIpv6", "microsocks", "socks5", ipv6, Login::none},
                                   PeerCase{"MicrosocksIpv6Login", "microsocks", "socks5h", ipv6, Login::in_fields},
                                   PeerCase{"Dante", "danted", "socks5h", ipv4, Login::none},
                                   PeerCase{"DanteIpv6", "danted", "socks5", ipv6, Login::none},
                                   PeerCase{"Tinyproxy", "tinyproxy", "http", ipv4, Login::none},
                                   PeerCase{"TinyproxyIpv6Login", "tinyproxy", "http", ipv6, Login::in_url},
                                   PeerCase{"Mitmproxy", "mitmdump", "http", ipv4, Login::none},
                                   PeerCase{"MitmproxyLogin", "mitmdump", "http", ipv4, Login::in_fields});

INSTANTIATE_TEST_SUITE_P(Rows, MultiUpstreamPeer, testing::Combine(peers, testing::ValuesIn(target_cases())),
                         [](auto const& row) {
                             return std::string(std::get<0>(row.param).name) + "_" + std::get<1>(row.param).name;
                         });

}  // namespace
}  // namespace pathology::integration
