// Multi-upstream mode: which proxy gets what, what clients see of failures, and changed files (P80-P84).
#include <gmock/gmock.h>

#include <array>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <set>

#include "proxy/multiupstream_fixture.hpp"
#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/row_name.hpp"
#include "support/socks5_server.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using pathology::test::free_port;
using proxycore::test::Socks5Server;
using proxycore::test::Socks5ServerOptions;
using test::connect_to;
using test::get;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

class MultiUpstreamTest : public test::MultiUpstreamFixture {};

// --- P81 -------------------------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, P81_a_WeightsAreExact) {
    Origin const three("three"), one("one");
    folder.add("three", three.url(), "weight: 3, rules: [{type: default}]");
    folder.add("one", one.url(), "weight: 1, rules: [{type: default}]");
    start();
    for (int i = 0; i < 400; ++i) ask("origin.test");
    EXPECT_EQ(three.asked().size(), 300U);
    EXPECT_EQ(one.asked().size(), 100U);
}

TEST_F(MultiUpstreamTest, P81_b_HostAndPortRulesComeBeforeDefaults) {
    Origin const by_host("host"), by_port("port"), other("other");
    folder.add("other", other.url());
    folder.add("host", by_host.url(), "rules: [{type: host_pattern, pattern: '*.google.com'}]");
    folder.add("port", by_port.url(), "rules: [{type: port, port: 8000}]");
    start();
    EXPECT_EQ(ask("www.google.com"), "host");
    EXPECT_EQ(ask("WWW.Google.Com"), "host");
    EXPECT_EQ(ask("google.com"), "other");
    EXPECT_EQ(ask("www.google.com.evil.net"), "other");
    EXPECT_EQ(ask("x.test:8000"), "port");
}

TEST_F(MultiUpstreamTest, P81_f_WithoutAMatchThereIsNoDirectConnection) {
    Origin const origin, proxy("proxy");
    folder.add("a", proxy.url(), "rules: [{type: host_pattern, pattern: a.test}]");
    start();
    auto const response = TestClient(fixture().port()).request(get(origin.where()));
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("no upstream proxy matches " + origin.where()));
    EXPECT_THAT(origin.asked(), ElementsAre());
    EXPECT_THAT(fixture().log(), HasSubstr("warn: "));
}

TEST_F(MultiUpstreamTest, P81_f_UnlessTheOptionSaysSo) {
    Origin const origin, proxy("proxy");
    folder.add("a", proxy.url(), "rules: [{type: host_pattern, pattern: a.test}]");
    settings.emplace_back("multiupstream_no_match=direct");
    start();
    EXPECT_EQ(ask(origin.where()), "origin");
    EXPECT_EQ(ask("a.test"), "proxy");
}

/// The user is known from the CONNECT, before there is a request inside of it.
TEST_F(MultiUpstreamTest, APartOfTheUserKeepsItsProxyAlsoInsideOfTls) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    std::array<ProxyFixture, 2> proxies;
    for (std::size_t i = 0; i < proxies.size(); ++i) {
        proxies[i].set("ignore_hosts=.").start();
        folder.add("proxy" + std::to_string(i), "http://" + proxies[i].where());
    }
    for (auto const* setting : {"ssl_insecure=true", "proxyauth=any", "multiupstream_policy=hash:user:session"})
        settings.emplace_back(setting);
    start();
    auto const connections = [&](std::size_t i) { return proxies[i].recorder->count("client_connected"); };
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    std::set<std::size_t> used;
    for (int session = 0; session < 12; ++session) {
        auto const before = connections(0);
        for (std::string const user : {"ann", "bob"}) {
            auto const credentials = tunnel::to_basic({user + "-session-x" + std::to_string(session), "secret"});
            TestClient client(fixture().port());
            auto const request = "CONNECT " + where + " HTTP/1.1\r\nProxy-Authorization: " + credentials + "\r\n\r\n";
            EXPECT_EQ(client.request(request, "CONNECT").status, 200U);
            client.start_tls("origin.test");
            EXPECT_EQ(client.request(inner_get).status, 200U);
        }
        auto const of_first = connections(0) - before;
        EXPECT_TRUE(of_first == 0 || of_first == 2) << of_first;
        used.insert(of_first);
    }
    EXPECT_EQ(used.size(), 2U);
}

// --- P82 -------------------------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, P82_a_OneConnectionUsesOneProxyForAHost) {
    Origin const first("first"), second("second");
    folder.add("first", first.url());
    folder.add("second", second.url());
    start();
    TestClient client(fixture().port());
    for (int i = 0; i < 10; ++i) EXPECT_EQ(client.request(get("a.test")).body, "first");
    EXPECT_EQ(client.request(get("b.test")).body, "second");  // P82.e
    EXPECT_EQ(client.request(get("a.test")).body, "first");
}

// --- P83 -------------------------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, P83_b_CredentialsAreThoseOfTheFields) {
    ProxyFixture upstream;
    upstream.set("proxyauth=a@b:p:w/\xC3\xA4%").start();
    Origin const origin;
    folder.add("by_fields", "http://" + upstream.where(),
               "username: 'a@b', password: \"p:w/\\u00e4%\", rules: [{type: host_pattern, pattern: '*'}]");
    start();
    EXPECT_EQ(ask(origin.where()), "origin");
    TestClient client(fixture().port());
    client.request(connect_to(origin.where()), "CONNECT");
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_THAT(fixture().log(), Not(HasSubstr("p:w")));
}

TEST_F(MultiUpstreamTest, P83_b_CredentialsAreThoseOfTheUrl) {
    ProxyFixture upstream;
    upstream.set("proxyauth=a@b:p:w/\xC3\xA4%").start();
    Origin const origin;
    folder.add("by_url", "http://a%40b:p%3Aw%2F%C3%A4%25@" + upstream.where());
    start();
    EXPECT_EQ(ask(origin.where()), "origin");
}

TEST_F(MultiUpstreamTest, P83_c_ASocksServerThatWantsCredentialsIsNamed) {
    Socks5ServerOptions options;
    options.credentials = tunnel::Credentials{"me", "secret"};
    Socks5Server const socks(options);
    folder.add("socks", "socks5://127.0.0.1:" + std::to_string(socks.port()));
    start();
    auto const response = TestClient(fixture().port()).request(get("origin.test"));
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, AllOf(HasSubstr("Upstream proxy socks "), HasSubstr("requires a user and a password")));
}

TEST_F(MultiUpstreamTest, P83_e_AWebSocketWithoutTlsGoesThroughATunnel) {
    Origin const proxy([](net::Stream& stream) -> asio::awaitable<void> {
        co_await test::read_head(stream);
        co_await net::send(stream, std::string_view("HTTP/1.1 200 OK\r\n\r\n"));
        co_await test::read_head(stream);
        co_await net::send(stream, std::string_view("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                                    "Connection: Upgrade\r\n"
                                                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
        std::string block(10, '\0');
        co_await stream.read_some(asio::buffer(block));
    });
    folder.add("proxy", proxy.url());
    start();
    TestClient client(fixture().port());
    client.send(
        "GET http://origin.test/chat HTTP/1.1\r\nHost: origin.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_THAT(client.read(12), HasSubstr("101"));
    EXPECT_EQ(fixture().recorder->count("http_connect_upstream"), 1U);
}

// --- P84 -------------------------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, P84_a_WithoutARuleTheHostIsNamed) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url(), "rules: [{type: host_pattern, pattern: a.test}]");
    start();
    auto const response = request("origin.test:8000");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("no upstream proxy matches origin.test:8000"));
    EXPECT_TRUE(fixture().wait_for_log("warn: origin.test:8000 -> none: no upstream proxy matches"));
    EXPECT_THAT(proxy.asked(), ElementsAre());
}

TEST_F(MultiUpstreamTest, P84_b_AnUnreachableProxyIsNamedWithoutItsCredentials) {
    folder.add("office", "http://me:secret@127.0.0.1:" + std::to_string(free_port()));
    start();
    auto const response = request("origin.test");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, AllOf(HasSubstr("Upstream proxy office: cannot connect"), Not(HasSubstr("secret"))));
    EXPECT_TRUE(
        fixture().wait_for_log("warn: error establishing server connection: Upstream proxy office: cannot connect"));
    EXPECT_THAT(fixture().log(), Not(HasSubstr("secret")));
}

TEST_F(MultiUpstreamTest, P84_c_A407IsPassedOnOrNamed) {
    ProxyFixture proxy;
    proxy.set("proxyauth=me:secret").start();
    folder.add("office", "http://" + proxy.where());
    start();
    auto const plain = request("origin.test");
    EXPECT_EQ(plain.status, 407U);
    EXPECT_THAT(plain.head, HasSubstr("Proxy-Authenticate: "));
    EXPECT_TRUE(fixture().wait_for_log("warn: upstream proxy http://" + proxy.where() + " requires credentials"));
    TestClient client(fixture().port());
    client.request(connect_to("origin.test:80"), "CONNECT");
    auto const inside = client.request(inner_get);
    EXPECT_EQ(inside.status, 502U);
    EXPECT_THAT(inside.body, AllOf(HasSubstr("office"), HasSubstr("407")));
    EXPECT_TRUE(fixture().wait_for_log("warn: error establishing server connection: Upstream proxy office "));
    EXPECT_THAT(fixture().log(), HasSubstr("refused HTTP CONNECT request: 407"));
}

struct SocksRefusal {
    char const* name;
    std::uint8_t reply;
    char const* reason;  ///< of RFC 1928 section 6
};
class P84_d_SocksRefusal : public test::MultiUpstreamFixture, public testing::WithParamInterface<SocksRefusal> {};

TEST_P(P84_d_SocksRefusal, HasTheReasonOfTheRfc) {
    Socks5ServerOptions options;
    options.reply = socks5::ReplyCode{GetParam().reply};
    Socks5Server const socks(options);
    folder.add("office", "socks5://me:secret@127.0.0.1:" + std::to_string(socks.port()));
    start();
    auto const response = request("origin.test");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body,
                AllOf(HasSubstr("Upstream proxy office "), HasSubstr(GetParam().reason), Not(HasSubstr("secret"))));
    EXPECT_TRUE(fixture().wait_for_log("warn: error establishing server connection: Upstream proxy office "));
    EXPECT_THAT(fixture().log(), AllOf(HasSubstr(GetParam().reason), Not(HasSubstr("secret"))));
}

INSTANTIATE_TEST_SUITE_P(
    , P84_d_SocksRefusal,
    testing::Values(SocksRefusal{"Failure", 1, "general SOCKS server failure"},
                    SocksRefusal{"NotAllowed", 2, "connection not allowed by ruleset"},
                    SocksRefusal{"Network", 3, "Network unreachable"}, SocksRefusal{"Host", 4, "Host unreachable"},
                    SocksRefusal{"Refused", 5, "Connection refused"}, SocksRefusal{"Expired", 6, "TTL expired"},
                    SocksRefusal{"Command", 7, "Command not supported"},
                    SocksRefusal{"Address", 8, "Address type not supported"}, SocksRefusal{"Unassigned", 0x7f, "127"}),
    pathology::test::row_name);

TEST_F(MultiUpstreamTest, P84_e_AProxyWhoseCertificateIsNotTrustedIsNamed) {
    SecureOrigin const proxy(tls::test::identity_for({"127.0.0.1"}));
    auto url = proxy.url();
    folder.add("office", url.insert(url.find("//") + 2, "me:secret@"));
    start();
    auto const response = request("origin.test");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body,
                AllOf(HasSubstr("Upstream proxy office: Certificate verify failed: "), Not(HasSubstr("secret"))));
    EXPECT_TRUE(fixture().wait_for_log(
        "warn: error establishing server connection: Upstream proxy office: Certificate verify failed: "));
    EXPECT_THAT(fixture().log(), Not(HasSubstr("secret")));
}

TEST_F(MultiUpstreamTest, P84_AllRestingIsSaidSo) {
    folder.add("office", "http://127.0.0.1:" + std::to_string(free_port()));
    settings.emplace_back("multiupstream_first_rest=60");
    start();
    ask("origin.test");
    auto const response = TestClient(fixture().port()).request(get("origin.test"));
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("rest"));
}

// --- retries ---------------------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, ARequestThatWasNotSentGoesToAnotherProxy) {
    Origin const alive("alive");
    folder.add("down", "http://127.0.0.1:" + std::to_string(free_port()));
    folder.add("alive", alive.url());
    settings.emplace_back("multiupstream_first_rest=60");
    start();
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ask("origin.test"), "alive");
    EXPECT_EQ(fixture().recorder->count("server_connect_error"), 1U);  // then it rests
}

TEST_F(MultiUpstreamTest, WithoutRetriesTheRequestFails) {
    Origin const alive("alive");
    folder.add("down", "http://127.0.0.1:" + std::to_string(free_port()));
    folder.add("alive", alive.url());
    settings.emplace_back("multiupstream_max_retries=0");
    start();
    EXPECT_EQ(TestClient(fixture().port()).request(get("origin.test")).status, 502U);
    EXPECT_EQ(ask("origin.test"), "alive");
}

// --- explanations ----------------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, TheFlowHasTheRecordOfTheChoice) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url(), "rules: [{type: host_pattern, pattern: '*.test'}]");
    std::string chosen;
    start();
    fixture().recorder->on_hook["responseheaders"] = [&chosen](flow::HttpFlow& flow) {
        if (auto const explanation = multiupstream::Selector::explanation_of(flow)) chosen = explanation->upstream;
    };
    EXPECT_EQ(ask("origin.test"), "proxy");
    EXPECT_EQ(chosen, "office");
    auto const flow = fixture().recorder->http_flows().at(0);
    auto const& json = std::get<std::string>(flow->metadata.at("multiupstream"));
    EXPECT_THAT(json, AllOf(HasSubstr("office"), HasSubstr("*.test")));
    EXPECT_THAT(fixture().log(), HasSubstr("debug: origin.test:80 -> office"));
}

TEST_F(MultiUpstreamTest, TheFlowInATunnelHasTheRecordToo) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture proxy;
    proxy.set("ignore_hosts=.").start();
    folder.add("office", "http://" + proxy.where());
    settings.emplace_back("ssl_insecure=true");
    start();
    TestClient client(fixture().port());
    client.request(connect_to("127.0.0.1:" + std::to_string(origin.port())), "CONNECT");
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).status, 200U);
    EXPECT_EQ(client.request(inner_get).status, 200U);
    ASSERT_EQ(fixture().recorder->http_flows().size(), 2U);
    for (auto const& flow : fixture().recorder->http_flows())
        EXPECT_THAT(std::get<std::string>(flow->metadata.at("multiupstream")), HasSubstr("office"));
}

// --- P80: start and reload -------------------------------------------------------------------------------------------

TEST_F(MultiUpstreamTest, P80_d_AllMistakesEndTheStart) {
    folder.write("proxies:\n  - {name: a, url: 'ftp://x', rules: [{type: default}]}\n  - {name: b, rules: []}\n");
    try {
        start();
        FAIL() << "started";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("proxies.yaml:2: proxies[0].url"), HasSubstr("proxies.yaml:3: ")));
    }
}

TEST_F(MultiUpstreamTest, P80_e_ChangedFilesAreUsedWhileConnectionsStay) {
    Origin const before("before"), after("after");
    folder.add("a", before.url());
    start();
    TestClient old(fixture().port());
    EXPECT_EQ(old.request(get("origin.test")).body, "before");
    folder.write("proxies:\n  - {name: b, url: '" + after.url() + "', rules: [{type: default}]}\n");
    ASSERT_TRUE(fixture().wait_for_log("configuration reloaded: 0 kept; added: b; removed: a"));
    EXPECT_EQ(ask("origin.test"), "after");
}

TEST_F(MultiUpstreamTest, P80_f_ABadFileChangesNothing) {
    Origin const proxy("proxy");
    folder.add("a", proxy.url());
    start();
    folder.write("proxies:\n  - {name: b}\n");
    ASSERT_TRUE(fixture().wait_for_log("the configuration before stays"));
    ASSERT_TRUE(fixture().wait_for_log("proxies.yaml:2: "));
    EXPECT_EQ(ask("origin.test"), "proxy");
}

}  // namespace
}  // namespace pathology::proxycore::proxy
