// The built program behind squid, tinyproxy and microsocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/program.hpp"
#include "support/real_proxy.hpp"
#include "support/scripted_server.hpp"
#include "support/tls_server.hpp"

namespace pathology::pathoc::test {
namespace {

using pathology::test::RealProxy;
using testing::HasSubstr;

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
std::string const reported = ">> 'GET':/x\n<< 200 OK: 2 bytes\n";

class Proxies : public testing::Test {
protected:
    static Ended run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--no-timestamp", "-t", "20"});
        return run_program(PATHOC_PROGRAM, arguments);
    }
    std::string origin() const { return "127.0.0.1:" + std::to_string(server_.port()); }

    ScriptedServer server_{{ok}};
};

#define SKIP_WITHOUT(program) \
    if (!pathology::test::is_installed(program)) GTEST_SKIP() << program " is not installed"

TEST_F(Proxies, MicrosocksLeadsToTheOrigin) {
    SKIP_WITHOUT("microsocks");
    auto const socks = RealProxy::microsocks();
    ASSERT_TRUE(socks->is_running()) << socks->failure();
    EXPECT_EQ(run({"--socks", socks->at(), origin(), "get:/x"}).out, reported);
    auto const port = std::to_string(server_.port());
    EXPECT_EQ(run({"--socks", socks->at(), "localhost:" + port, "get:/x"}).out, reported);
}

TEST_F(Proxies, MicrosocksWantsToKnowWhoAsks) {
    SKIP_WITHOUT("microsocks");
    auto const socks = RealProxy::microsocks({"-u", "me", "-P", "secret"});
    ASSERT_TRUE(socks->is_running()) << socks->failure();
    EXPECT_EQ(run({"--socks", socks->at(), "--socks-auth", "me:secret", origin(), "get:/x"}).out, reported);
    EXPECT_THAT(run({"--socks", socks->at(), "--socks-auth", "me:wrong", origin(), "get:/x"}).err,
                HasSubstr("rejected this user and password"));
    EXPECT_THAT(run({"--socks", socks->at(), origin(), "get:/x"}).err, HasSubstr("requires a user and a password"));
}

TEST_F(Proxies, MicrosocksReportsARefusedConnection) {
    SKIP_WITHOUT("microsocks");
    auto const socks = RealProxy::microsocks();
    ASSERT_TRUE(socks->is_running()) << socks->failure();
    std::string nobody;
    {
        ScriptedServer const gone({});
        nobody = "127.0.0.1:" + std::to_string(gone.port());
    }
    auto const ended = run({"--socks", socks->at(), nobody, "get:/x"});
    EXPECT_EQ(ended.err, "the SOCKS server refused: Connection refused (5)\n");
    EXPECT_EQ(ended.status, 1);
}

TEST_F(Proxies, TinyproxyOpensATunnel) {
    SKIP_WITHOUT("tinyproxy");
    auto const proxy = RealProxy::tinyproxy();
    ASSERT_TRUE(proxy->is_running()) << proxy->failure();
    EXPECT_EQ(run({"-n", "2", "-c", origin(), proxy->at(), "get:/x"}).out, reported + reported);
}

TEST_F(Proxies, TinyproxyWantsToKnowWhoAsks) {
    SKIP_WITHOUT("tinyproxy");
    auto const proxy = RealProxy::tinyproxy("BasicAuth me secret\n");
    ASSERT_TRUE(proxy->is_running()) << proxy->failure();
    EXPECT_EQ(run({"-c", origin(), "--proxy-auth", "me:secret", proxy->at(), "get:/x"}).out, reported);
    auto const ended = run({"-c", origin(), proxy->at(), "get:/x"});
    EXPECT_THAT(ended.err, testing::StartsWith("Proxy CONNECT failed: 407 "));
    EXPECT_EQ(ended.status, 1);
}

TEST_F(Proxies, SquidOpensATunnelAlsoBehindSocks) {
    SKIP_WITHOUT("squid");
    auto const proxy = RealProxy::squid();
    ASSERT_TRUE(proxy->is_running()) << proxy->failure();
    EXPECT_EQ(run({"-c", origin(), proxy->at(), "get:/x"}).out, reported);
    SKIP_WITHOUT("microsocks");
    auto const socks = RealProxy::microsocks();
    ASSERT_TRUE(socks->is_running()) << socks->failure();
    EXPECT_EQ(run({"--socks", socks->at(), "-c", origin(), proxy->at(), "get:/x"}).out, reported);
}

TEST_F(Proxies, LeadToTlsOneAfterTheOther) {
    SKIP_WITHOUT("tinyproxy");
    SKIP_WITHOUT("microsocks");
    auto const proxy = RealProxy::tinyproxy();
    ASSERT_TRUE(proxy->is_running()) << proxy->failure();
    auto const socks = RealProxy::microsocks();
    ASSERT_TRUE(socks->is_running()) << socks->failure();
    TlsServer secure;
    auto const target = "127.0.0.1:" + secure.port();
    std::vector<std::string> const tls{"-s", "--verify", "--ca", secure.authority_file(), "-i", "origin.test"};
    std::vector<std::string> through{"--socks", socks->at(), "-c", target, proxy->at(), "get:/x"};
    through.insert(through.begin(), tls.begin(), tls.end());
    auto const ended = run(through);
    EXPECT_EQ(ended.out, reported) << ended.err;
    EXPECT_THAT(secure.seen(), testing::ElementsAre(testing::Field(&tls::ConnectionInfo::sni, "origin.test")));
}

TEST_F(Proxies, FormAChain) {
    SKIP_WITHOUT("tinyproxy");
    SKIP_WITHOUT("squid");
    SKIP_WITHOUT("microsocks");
    auto const first = RealProxy::tinyproxy("BasicAuth me secret\n");
    auto const second = RealProxy::microsocks({"-u", "you", "-P", "word"});
    auto const third = RealProxy::squid();
    for (auto const* const proxy : {first.get(), second.get(), third.get()})
        ASSERT_TRUE(proxy->is_running()) << proxy->failure();
    auto const chain = "http://me:secret@" + first->at() + ",socks5://you:word@" + second->at() + "," + third->url();
    EXPECT_EQ(run({"--proxy", chain, origin(), "get:/x"}).out, reported);
    auto const reverse = third->url() + ",socks5://you:word@" + second->at() + ",http://me:secret@" + first->at();
    EXPECT_EQ(run({"--proxy", reverse, origin(), "get:/x"}).out, reported);
}

TEST_F(Proxies, SquidRefusesInItsWords) {
    SKIP_WITHOUT("squid");
    auto const proxy = RealProxy::squid("acl tunnel method CONNECT\nhttp_access deny tunnel\n");
    ASSERT_TRUE(proxy->is_running()) << proxy->failure();
    auto const ended = run({"-c", origin(), proxy->at(), "get:/x"});
    EXPECT_EQ(ended.err, "Proxy CONNECT failed: 403 Forbidden\n");
    EXPECT_EQ(ended.status, 1);
}

}  // namespace
}  // namespace pathology::pathoc::test
