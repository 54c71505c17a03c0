// pathoc on its way through SOCKS5 servers and proxies, good ones and bad ones, from its command line on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/pathoc/client.hpp>

#include "support/invoke.hpp"
#include "support/row_name.hpp"
#include "support/scripted_server.hpp"
#include "support/socks5_server.hpp"
#include "support/tls_server.hpp"

namespace pathology::pathoc::test {
namespace {

using pathology::test::row_name;
using proxycore::test::Socks5Server;
using proxycore::test::Socks5ServerOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
std::string const established = "HTTP/1.1 200 Connection established\r\n\r\n";
std::string const reported = ">> 'GET':/x\n<< 200 OK: 2 bytes\n";

Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--no-timestamp", "-t", "10"});
    return invoke(std::move(arguments));
}

Socks5ServerOptions to(ScriptedServer const& target) {
    Socks5ServerOptions options;
    options.target = target.port();
    return options;
}

template <class Server> std::string at(Server const& server) { return "127.0.0.1:" + std::to_string(server.port()); }

// --- CONNECT ---------------------------------------------------------------------------------------------------------

TEST(Tunnel, LeadsThroughTheProxy) {
    ScriptedServer const proxy({established, ok});
    EXPECT_EQ(run({"-c", "origin.test:8080", at(proxy), "get:/x"}).out, reported);
    EXPECT_THAT(proxy.heads(), ElementsAre("CONNECT origin.test:8080 HTTP/1.1\r\nHost: origin.test:8080\r\n\r\n",
                                           "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n"));
}

TEST(Tunnel, IsAskedForByEachConnection) {
    ScriptedServer const proxy({established, ok});
    EXPECT_EQ(run({"-n", "2", "-c", "[::1]:1", at(proxy), "get:/x"}).out, reported + reported);
    EXPECT_THAT(proxy.heads(), SizeIs(4));
    EXPECT_THAT(proxy.heads()[2], HasSubstr("CONNECT [::1]:1 "));
}

TEST(Tunnel, SendsCredentialsToTheProxyAlone) {
    ScriptedServer const proxy({established, ok});
    auto const outcome = run({"-q", "-e", "-c", "origin.test:80", "--proxy-auth", "me:se:cret", at(proxy), "get:/x"});
    EXPECT_THAT(proxy.heads()[0], HasSubstr("\r\nProxy-Authorization: Basic bWU6c2U6Y3JldA==\r\n"));
    EXPECT_THAT(proxy.heads()[1], testing::Not(HasSubstr("Authorization")));
    EXPECT_THAT(outcome.out + outcome.err, testing::Not(testing::AnyOf(HasSubstr("cret"), HasSubstr("bWU6"))));
}

TEST(Tunnel, IgnoresFramingInTheResponse) {
    ScriptedServer const proxy({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n", ok});
    EXPECT_EQ(run({"-c", "origin.test:80", at(proxy), "get:/x"}).out, reported);
}

struct RefusalCase {
    std::string_view name, response, message;
};
class TunnelRefusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(TunnelRefusal, EndsTheRun) {
    ScriptedServer const proxy({std::string(GetParam().response)});
    auto const outcome = run({"-n", "3", "-c", "origin.test:80", at(proxy), "get:/x"});
    EXPECT_EQ(outcome.err, std::string(GetParam().message) + "\n");
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(proxy.accepted(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, TunnelRefusal,
    testing::Values(RefusalCase{"Forbidden", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
                                "Proxy CONNECT failed: 403 Forbidden"},
                    RefusalCase{"WantsCredentials", "HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n",
                                "Proxy CONNECT failed: 407 Authenticate (give them with --proxy-auth USER:PASSWORD)"},
                    RefusalCase{"NoHttp", "ready.\r\n\r\n",
                                "Proxy CONNECT failed: bad status line \"ready.\" at byte 0"},
                    RefusalCase{"Nothing", "", "Proxy CONNECT failed: the peer closed the connection"}),
    row_name);

TEST(Tunnel, DoesNotWaitForever) {
    ScriptedServer const proxy({""}, Then::stay);
    auto const outcome = invoke({"-t", "0.1", "-c", "origin.test:80", at(proxy), "get:/x"});
    EXPECT_EQ(outcome.err, "Proxy CONNECT failed: nothing moved within the time limit\n");
    EXPECT_EQ(outcome.status, 1);
}

// --- SOCKS5 ----------------------------------------------------------------------------------------------------------

TEST(Socks, LeadsToTheHostAsTyped) {
    ScriptedServer const origin({ok});
    Socks5Server const socks(to(origin));
    EXPECT_EQ(run({"--socks", at(socks), "-p", "81", "origin.test", "get:/x"}).out, reported);
    EXPECT_EQ(run({"--socks", at(socks), "[::1]:82", "get:/x"}).out, reported);
    EXPECT_THAT(socks.destinations(), ElementsAre("origin.test:81", "[::1]:82"));
    EXPECT_THAT(origin.heads()[0], HasSubstr("\r\nHost: origin.test\r\n"));
}

TEST(Socks, IsAskedByEachConnectionForTheSameName) {
    ScriptedServer const origin({ok});
    Socks5Server const socks(to(origin));
    EXPECT_EQ(run({"--socks", at(socks), "-n", "2", "origin.test", "get:/x"}).out, reported + reported);
    EXPECT_THAT(socks.destinations(), ElementsAre("origin.test:80", "origin.test:80"));
}

TEST(Socks, SeesWhoAsks) {
    ScriptedServer const origin({ok});
    auto options = to(origin);
    options.credentials = {"me", "secret"};
    Socks5Server const socks(options);
    EXPECT_EQ(run({"--socks", at(socks), "--socks-auth", "me:secret", "origin.test", "get:/x"}).out, reported);
}

TEST(Socks, LeadsToAProxyThatLeadsOn) {
    ScriptedServer const proxy({established, ok});
    Socks5Server const socks(to(proxy));
    EXPECT_EQ(run({"--socks", at(socks), "-c", "origin.test:80", "proxy.test:3128", "get:/x"}).out, reported);
    EXPECT_THAT(socks.destinations(), ElementsAre("proxy.test:3128"));
    EXPECT_THAT(proxy.heads(), ElementsAre(HasSubstr("CONNECT origin.test:80 "), HasSubstr("GET /x ")));
}

TEST(Socks, ReportsARefusalInWords) {
    Socks5ServerOptions options;
    options.reply = proxycore::socks5::ReplyCode::host_unreachable;
    Socks5Server const socks(options);
    auto const outcome = run({"-n", "3", "--socks", at(socks), "origin.test", "get:/x"});
    EXPECT_EQ(outcome.err, "the SOCKS server refused: Host unreachable (4)\n");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(socks.accepted(), 1U);
}

TEST(Socks, ReportsHowToGiveCredentials) {
    Socks5ServerOptions options;
    options.credentials = {"me", "secret"};
    Socks5Server const socks(options);
    EXPECT_EQ(run({"--socks", at(socks), "origin.test", "get:/x"}).err,
              "the SOCKS server requires a user and a password (give them with --socks-auth USER:PASSWORD)\n");
    EXPECT_EQ(run({"--socks", at(socks), "--socks-auth", "me:wrong", "origin.test", "get:/x"}).err,
              "the SOCKS server rejected this user and password\n");
}

TEST(Socks, ThatIsAwayIsNoConnection) {
    std::string gone;
    {
        Socks5Server const socks({});
        gone = at(socks);
    }
    auto const outcome = run({"--socks", gone, "origin.test", "get:/x"});
    EXPECT_EQ(outcome.err, "Error connecting to \"" + gone + "\": connection refused\n");
    EXPECT_EQ(outcome.status, 3);
}

// --- --proxy ---------------------------------------------------------------------------------------------------------

TEST(Proxies, OneIsAskedForATunnel) {
    ScriptedServer const proxy({established, ok});
    EXPECT_EQ(run({"--proxy", at(proxy), "origin.test:81", "get:/x"}).out, reported);
    EXPECT_THAT(proxy.heads(), ElementsAre("CONNECT origin.test:81 HTTP/1.1\r\nHost: origin.test:81\r\n\r\n",
                                           "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n"));
}

TEST(Proxies, OneConnectsToTheNext) {
    ScriptedServer const last({established, established, ok});
    Socks5ServerOptions options = to(last);
    options.credentials = Credentials{"me", "p:w"};
    Socks5Server const socks(options);
    auto const hops = "socks5://me:p%3Aw@" + at(socks) + ",http://you:secret@second.test:3128,third.test";
    auto const outcome = run({"-e", "-q", "--proxy", hops, "origin.test", "get:/x"});
    EXPECT_THAT(outcome.out, HasSubstr("<< 200 OK: 2 bytes"));
    EXPECT_THAT(socks.destinations(), ElementsAre("second.test:3128"));
    ASSERT_THAT(last.heads(), SizeIs(3));
    EXPECT_THAT(last.heads()[0], testing::StartsWith("CONNECT third.test:80 "));
    EXPECT_THAT(last.heads()[0], HasSubstr("\r\nProxy-Authorization: Basic eW91OnNlY3JldA==\r\n"));
    EXPECT_THAT(last.heads()[1], testing::StartsWith("CONNECT origin.test:80 "));
    EXPECT_THAT(last.heads()[1], testing::Not(HasSubstr("Authorization")));
    EXPECT_THAT(outcome.out + outcome.err, testing::Not(HasSubstr("secret")));
}

TEST(Proxies, ComeBeforeSocksAndTheTunnel) {
    ScriptedServer const last({established, ok});
    Socks5Server const second(to(last));
    Socks5ServerOptions options;
    options.target = second.port();
    Socks5Server const first(options);
    EXPECT_EQ(run({"--proxy", "socks5://" + at(first), "--socks", "second.test", "-c", "origin.test:80",
                   "last.test:3128", "get:/x"})
                  .out,
              reported);
    EXPECT_THAT(first.destinations(), ElementsAre("second.test:1080"));
    EXPECT_THAT(second.destinations(), ElementsAre("last.test:3128"));
    EXPECT_THAT(last.heads()[0], testing::StartsWith("CONNECT origin.test:80 "));
}

TEST(Proxies, MaySpeakTlsThemselves) {
    TlsServer secure;
    auto const proxy = "https://127.0.0.1:" + secure.port();
    EXPECT_EQ(run({"--proxy", proxy, "origin.test", "get:/x"}).out, reported);
    EXPECT_EQ(run({"--proxy", proxy, "--ca", secure.authority_file(), "origin.test", "get:/x"}).out, reported);
    EXPECT_EQ(
        run({"--proxy", "https://localhost:" + secure.port(), "--ca", secure.authority_file(), "origin.test", "get:/x"})
            .status,
        1);
    auto const untrusted = run({"--proxy", proxy, "--verify", "origin.test", "get:/x"});
    EXPECT_THAT(untrusted.err, HasSubstr("proxy 127.0.0.1:" + secure.port() + ": "));
    EXPECT_EQ(untrusted.status, 1);
    EXPECT_THAT(run({"--ca", secure.authority_file(), "origin.test", "get:/x"}).err, HasSubstr("require -s"));
}

TEST(Proxies, TheOneThatRefusesIsNamed) {
    ScriptedServer const last({"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"});
    Socks5Server const socks(to(last));
    auto const outcome = run({"--proxy", "socks5://" + at(socks) + ",second.test:3128", "origin.test", "get:/x"});
    EXPECT_EQ(outcome.err,
              "proxy second.test:3128: Proxy CONNECT failed: 407 Who (give them with --proxy "
              "SCHEME://USER:PASSWORD@HOST:PORT)\n");
    EXPECT_EQ(outcome.status, 1);
}

// --- as a library ----------------------------------------------------------------------------------------------------

TEST(ClientRoute, PassesBothAndKnowsWhy) {
    ScriptedServer const proxy({established, ok});
    Socks5Server const socks(to(proxy));
    ClientOptions options;
    options.host = "proxy.test";
    options.socks = proxycore::HostPort{"127.0.0.1", socks.port()};
    options.tunnel = proxycore::HostPort{"origin.test", 81};
    EXPECT_EQ(Client(options).request("get:/").value().body, "hi");
    options.socks_auth = {std::string(300, 'u'), ""};
    EXPECT_EQ(Client(options).request("get:/").error().code, Errc::proxy_refused);
}

TEST(ClientRoute, EndsEveryWaitByTheTimeLimit) {
    ScriptedServer const silent({""}, Then::stay);
    ClientOptions options;
    options.socks = proxycore::HostPort{"127.0.0.1", silent.port()};
    options.time_limit = std::chrono::milliseconds(100);
    EXPECT_EQ(Client(options).request("get:/").error().code, Errc::timed_out);
}

}  // namespace
}  // namespace pathology::pathoc::test
