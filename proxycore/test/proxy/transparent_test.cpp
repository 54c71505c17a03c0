// Clients whose packets the firewall sends to the proxy (P05), in a network namespace that the test makes for itself.
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <unistd.h>
#include <functional>
#include <thread>

#include "proxy/origin.hpp"
#include "proxy/proxy_bench.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/visitor.hpp"
#include "support/process.hpp"
#include "tls/talk.hpp"

namespace pathology::proxycore::proxy {
namespace {

using pathology::test::is_installed;
using test::Origin;
using test::ProxyBench;
using test::SecureOrigin;
using test::Visitor;
using testing::ElementsAre;

std::string const get_by_name = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";
constexpr gid_t clients = 12345;  // whose packets are redirected; those of the proxy are not

/// Namespaces belong to threads: the body runs in one of its own, and so does everything that it starts.
class Namespace {
public:
    /// Why there can be none; empty when the body ran.
    std::string run(std::function<void()> const& body) {
        std::string refusal;
        std::thread([&] {
            refusal = enter();
            if (refusal.empty()) body();
        }).join();
        return refusal;
    }

    static std::string call(std::string const& program, std::vector<std::string> const& arguments) {
        auto const ended = pathology::test::run(program, arguments);
        return ended.status == 0 ? "" : program + ": " + ended.err;
    }

private:
    static std::string enter() {
        if (!is_installed("iptables") || !is_installed("ip")) return "iptables or ip is not installed";
        if (::unshare(CLONE_NEWNET) != 0) return "this user may not make network namespaces";
        if (auto refusal = call("ip", {"link", "set", "lo", "up"}); !refusal.empty()) return refusal;
        auto refusal = call("ip", {"address", "add", "10.99.0.1/32", "dev", "lo"});
        return refusal.empty() ? call("ip", {"address", "add", "fd99::1/128", "dev", "lo", "nodad"}) : refusal;
    }
};

/// Sends what clients want from one port of an address to the proxy.
std::string redirect(std::uint16_t from, std::uint16_t to, std::string const& address = "10.99.0.1") {
    auto const* const program = address.find(':') == address.npos ? "iptables" : "ip6tables";
    return Namespace::call(
        program, {"-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", address, "--dport", std::to_string(from), "-m",
                  "owner", "--gid-owner", std::to_string(clients), "-j", "REDIRECT", "--to-port", std::to_string(to)});
}

/// While it lives, sockets of this thread are those of a client.
class AsClient {
public:
    AsClient() : before_(::setfsgid(clients)) {}
    ~AsClient() { ::setfsgid(static_cast<gid_t>(before_)); }
    AsClient(AsClient const&) = delete;
    AsClient& operator=(AsClient const&) = delete;

private:
    int before_;
};

#define PATHOLOGY_IN_NAMESPACE(body) \
    if (auto const refusal = Namespace().run(body); !refusal.empty()) GTEST_SKIP() << refusal

class P05_a_Address : public testing::TestWithParam<std::string> {};
TEST_P(P05_a_Address, IsWhereTheClientMeantToGo) {
    PATHOLOGY_IN_NAMESPACE([] {
        auto const& address = GetParam();
        Origin const origin("origin", address);
        ProxyBench bench({"transparent"});
        bench.set("listen_host=").start();  // one listener for both families
        ASSERT_EQ(redirect(origin.port(), bench.port(), address), "");
        AsClient const client;
        EXPECT_EQ(Visitor(origin.port(), address).ask(get_by_name).body, "origin");
        EXPECT_TRUE(bench.wait_for_log("debug: layers: transparent, http/1\n"));
        EXPECT_THAT(origin.asked(), ElementsAre(get_by_name));
        auto const flow = bench.witness->http_flows().at(0);
        EXPECT_EQ(flow->request.host(), address);
        EXPECT_EQ(flow->request.port(), origin.port());
        EXPECT_EQ(flow->request.pretty_host(), "origin.test");
        EXPECT_EQ(flow->client_conn->sockname->host, address);
        EXPECT_EQ(flow->client_conn->peername->host, address);
    });
}
INSTANTIATE_TEST_SUITE_P(Families, P05_a_Address, testing::Values("10.99.0.1", "fd99::1"), [](auto const& row) {
    return std::string(row.param.find(':') == row.param.npos ? "Ipv4" : "Ipv6");
});

TEST(TransparentProxy, P05_b_LooksIntoTls) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test"}), {.host = "10.99.0.1"});
        ProxyBench bench({"transparent"});
        bench.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
        ASSERT_EQ(redirect(origin.port(), bench.port()), "");
        AsClient const client;
        Visitor visitor(origin.port(), "10.99.0.1");
        visitor.start_tls("origin.test");
        EXPECT_NE(visitor.issuer(), to_string(tls::test::authority().certificate().subject));
        EXPECT_EQ(visitor.ask(get_by_name).body, "asked for origin.test");
    });
}

TEST(TransparentProxy, P05_c_ShowsTheOriginsNamesToAClientThatNamesNone) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test", "10.99.0.1"}), {.host = "10.99.0.1"});
        ProxyBench bench({"transparent"});
        bench.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
        ASSERT_EQ(redirect(origin.port(), bench.port()), "");
        AsClient const client;
        Visitor visitor(origin.port(), "10.99.0.1");
        visitor.start_tls("10.99.0.1");
        EXPECT_NE(visitor.issuer(), to_string(tls::test::authority().certificate().subject));
        EXPECT_EQ(visitor.certificate().subject_value("CN"), "origin.test");
        std::vector<std::string> names;
        for (auto const& name : visitor.certificate().alternative_names) names.push_back(name.value);
        EXPECT_THAT(names, ElementsAre("origin.test", "10.99.0.1"));
    });
}

TEST(TransparentProxy, P05_d_EndsAConnectionThatWasMadeToItself) {
    PATHOLOGY_IN_NAMESPACE([] {
        ProxyBench bench({"transparent"});
        bench.start();
        EXPECT_EQ(Visitor(bench.port()).hear_rest(), "");
        EXPECT_TRUE(bench.wait_for_log("Transparent mode failure: "));
        EXPECT_EQ(bench.witness->count("server_connect"), 0U);
    });
}

TEST(TransparentProxy, P05_e_LeavesIgnoredAddressesAlone) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test"}), {.host = "10.99.0.1"});
        ProxyBench bench({"transparent"});
        bench.set("ignore_hosts=^10\\.99\\.").start();
        ASSERT_EQ(redirect(origin.port(), bench.port()), "");
        AsClient const client;
        Visitor visitor(origin.port(), "10.99.0.1");
        visitor.start_tls("origin.test");
        EXPECT_EQ(visitor.issuer(), to_string(tls::test::authority().certificate().subject));
    });
}

TEST(TransparentProxy, P15_d_PassesAHostThroughThatItsFieldNames) {
    PATHOLOGY_IN_NAMESPACE([] {
        Origin const origin("origin", "10.99.0.1");
        ProxyBench bench({"transparent"});
        bench.set("ignore_hosts=^origin\\.test:").start();
        ASSERT_EQ(redirect(origin.port(), bench.port()), "");
        AsClient const client;
        EXPECT_EQ(Visitor(origin.port(), "10.99.0.1").ask(get_by_name).body, "origin");
        EXPECT_EQ(bench.witness->count("request"), 0U);
    });
}

TEST(TransparentProxy, P05_d_WithoutARuleHasNowhereToGo) {
    ProxyBench bench({"transparent"});
    bench.start();
    EXPECT_EQ(Visitor(bench.port()).hear_rest(), "");
    EXPECT_TRUE(bench.wait_for_log("Transparent mode failure: "));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
