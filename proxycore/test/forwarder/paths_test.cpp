// The way of a request: the calls of the backend, the proxy, the target (P86, P87).
#include <gmock/gmock.h>

#include <chrono>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/origin.hpp"
#include "proxy/secure_origin.hpp"
#include "support/socks5_server.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using proxy::test::Origin;
using proxy::test::ProxyFixture;
using proxy::test::SecureOrigin;
using proxycore::test::Socks5Server;
using test::ForwarderFixture;
using test::get_of;
using test::proxy_json;
using test::TestClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr char url_with_query[] = "http://origin.test/x?a=1&b=%20c";

std::string lowered(std::string text) {
    for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return text;
}

std::string connect_to(std::string const& where) { return "CONNECT " + where + " HTTP/1.1\r\n\r\n"; }

TEST(ForwarderCalls, P87_a_AreExact) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.start();
    // {"user_id": 7}
    EXPECT_EQ(forwarder.get(url_with_query, "Authorization: Bearer eyJhIjowfQ.eyJ1c2VyX2lkIjo3fQ.c2ln\r\n").status,
              200U);
    auto const activity = forwarder.activities(1).at(0);

    auto const host = forwarder.backend.url().substr(7);
    EXPECT_EQ(lowered(forwarder.backend.asked("/blacklist").at(0).head),
              lowered("GET /blacklist HTTP/1.1\r\nHost: " + host +
                      "\r\nAccept: application/json\r\nAuthorization: Bearer system-token\r\n\r\n"));
    auto const asked = forwarder.backend.asked("/proxy").at(0);
    EXPECT_EQ(lowered(asked.head),
              lowered("GET /proxy?target_url=http%3A%2F%2Forigin.test%2Fx%3Fa%3D1%26b%3D%2520c HTTP/1.1\r\n"
                      "Host: " +
                      host +
                      "\r\nAccept: application/json\r\n"
                      "Authorization: Bearer eyJhIjowfQ.eyJ1c2VyX2lkIjo3fQ.c2ln\r\n\r\n"));
    EXPECT_THAT(asked.head, HasSubstr("target_url=http%3A%2F%2F"));
    auto const posted = forwarder.backend.asked("/activity").at(0);
    EXPECT_EQ(lowered(posted.head),
              lowered("POST /activity HTTP/1.1\r\nHost: " + host +
                      "\r\nAuthorization: Bearer system-token\r\nContent-Type: application/json\r\nContent-Length: " +
                      std::to_string(posted.body.size()) + "\r\n\r\n"));
    auto const timestamp = activity["timestamp"];
    ASSERT_TRUE(timestamp.is_number_float());
    EXPECT_EQ(posted.body, R"({"user_id":7,"endpoint":")" + std::string(url_with_query) +
                               R"(","method":"GET","status_code":200,"target_url":")" + url_with_query +
                               R"(","proxy_id":42,"timestamp":)" + timestamp.dump() + "}");
    auto const now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_NEAR(timestamp.get<double>(), now, 60);
}

TEST(ForwarderPath, P86_a_TheProxyGetsTheRequestWithoutFieldsOfTheConnection) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.start();
    auto const fields = std::string(ForwarderFixture::bearer) +
                        "A: 1\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nProxy-Authorization: Basic dTpw\r\n"
                        "Proxy-Connection: keep-alive\r\nTE: trailers\r\nB: 2\r\n";
    EXPECT_EQ(forwarder.get(url_with_query, fields).body, "hello");
    EXPECT_THAT(upstream.asked(), ElementsAre("GET " + std::string(url_with_query) +
                                              " HTTP/1.1\r\nHost: origin.test\r\nA: 1\r\nB: 2\r\n\r\n"));
}

TEST(ForwarderPath, P86_b_TwoRequestsUseTwoProxies) {
    Origin const first("first"), second("second");
    ForwarderFixture forwarder;
    forwarder.backend.respond_in_turn("/proxy", {proxy_json(1, first.port()), proxy_json(2, second.port())});
    forwarder.start();
    TestClient client(forwarder.port());
    EXPECT_EQ(client.request(get_of(url_with_query)).body, "first");
    EXPECT_EQ(client.request(get_of(url_with_query)).body, "second");
    std::vector<int> ids;
    for (auto const& activity : forwarder.activities(2)) ids.push_back(activity["proxy_id"].get<int>());
    EXPECT_THAT(ids, UnorderedElementsAre(1, 2));
}

TEST(ForwarderPath, P86_b_TwoRequestsOfATunnelUseTwoProxies) {
    Origin const first("first"), second("second");
    Socks5Server const one({first.port(), std::nullopt}), two({second.port(), std::nullopt});
    ForwarderFixture forwarder;
    forwarder.backend.respond_in_turn("/proxy",
                                      {proxy_json(1, one.port(), "socks5"), proxy_json(2, two.port(), "socks5"),
                                       proxy_json(1, one.port(), "socks5")});
    forwarder.start();
    TestClient client(forwarder.port());
    EXPECT_EQ(client.request(connect_to("origin.test:81"), "CONNECT").status, 200U);
    for (auto const* const name : {"first", "second", "first"})
        EXPECT_EQ(client.request("GET /x HTTP/1.1\r\nHost: origin.test:81\r\nAuthorization: Bearer t\r\n\r\n").body,
                  name);
    EXPECT_EQ(one.accepted(), 1U);  // the connection is used again
}

/// Slot and proxy are there before the body is.
TEST(ForwarderPath, P86_g_ALargeRequestStreams) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=1");
    forwarder.choose(upstream.port());
    forwarder.start();
    std::string const body(3 << 20, 'x');
    auto const post = [&](std::string const& fields) {
        return "POST http://origin.test/x HTTP/1.1\r\nHost: origin.test\r\n" + fields +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    TestClient client(forwarder.port());
    EXPECT_EQ(client.request(post(ForwarderFixture::bearer)).body, "hello");
    EXPECT_EQ(client.request(post("")).status, 401U);
    EXPECT_EQ(client.request(get_of(url_with_query)).status, 200U);
    EXPECT_EQ(forwarder.activities(3).size(), 3U);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
    EXPECT_EQ(forwarder.fixture.recorder->http_flows().at(0)->request.raw_content, std::nullopt);
}

TEST(ForwarderPath, P86_c_WithoutATokenTheBackendDecides) {
    ForwarderFixture forwarder("REQUIRE_USER_JWT=false");
    forwarder.backend.respond("/proxy", 401);
    forwarder.start();
    EXPECT_EQ(forwarder.get(url_with_query, "").status, 401U);
    EXPECT_THAT(lowered(forwarder.backend.asked("/proxy").at(0).head), Not(HasSubstr("authorization")));
}

TEST(ForwarderPath, P86_d_TheDefaultTokenIsForRequestsWithout) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("DEFAULT_USER_JWT=default-jwt");
    forwarder.choose(upstream.port());
    forwarder.start();
    EXPECT_EQ(forwarder.get(url_with_query, "").status, 200U);
    EXPECT_EQ(forwarder.get(url_with_query, "Authorization: Custom own\r\n").status, 200U);
    auto const asked = forwarder.backend.asked("/proxy");
    EXPECT_THAT(asked.at(0).head, HasSubstr(": Bearer default-jwt\r\n"));
    EXPECT_THAT(asked.at(1).head, HasSubstr(": Custom own\r\n"));
    for (auto const& head : upstream.asked()) EXPECT_THAT(lowered(head), Not(HasSubstr("authorization")));
}

TEST(ForwarderPath, P86_e_TheTargetGetsTheTokenOnRequest) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("FORWARD_USER_JWT=true");
    forwarder.choose(upstream.port());
    forwarder.start();
    EXPECT_EQ(forwarder.get(url_with_query).status, 200U);
    EXPECT_THAT(upstream.asked().at(0), HasSubstr("Authorization: Bearer user-jwt\r\n"));
}

TEST(ForwarderPath, P86_e_TheFlowKeepsTheTokenThatTheTargetDoesNotGet) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port(), "http", R"(,"username":"u","password":"p")");
    forwarder.start();
    EXPECT_EQ(forwarder.get(url_with_query).status, 200U);
    EXPECT_THAT(upstream.asked().at(0), HasSubstr("Proxy-Authorization: Basic dTpw\r\n"));
    EXPECT_THAT(upstream.asked().at(0), Not(HasSubstr("user-jwt")));
    auto const& headers = forwarder.fixture.recorder->http_flows().at(0)->request.headers;
    EXPECT_EQ(headers.first("Authorization"), ForwarderFixture::token);
    EXPECT_FALSE(headers.contains("Proxy-Authorization"));
}

/// CONNECT itself needs no backend; the request inside has the token.
TEST(ForwarderPath, P86_f_RequestsInsideATunnelAreForwarded) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture upstream;
    upstream.set("ignore_hosts=.").start();
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file());
    forwarder.start();
    TestClient client(forwarder.port());
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    EXPECT_EQ(client.request(connect_to(where), "CONNECT").status, 200U);
    client.start_tls("origin.test");
    EXPECT_THAT(forwarder.backend.asked("/proxy"), IsEmpty());
    EXPECT_EQ(client.request("GET /x HTTP/1.1\r\nHost: origin.test\r\nAuthorization: Bearer user-jwt\r\n\r\n").body,
              "asked for origin.test");
    EXPECT_THAT(forwarder.backend.asked("/proxy").at(0).head,
                StartsWith("GET /proxy?target_url=https%3A%2F%2Forigin.test%2Fx HTTP/1.1\r\n"));
    EXPECT_EQ(forwarder.activity(), "200 42");
    EXPECT_EQ(client.request("GET /y HTTP/1.1\r\nHost: origin.test\r\n\r\n").status, 401U);
}

TEST(ForwarderPath, P87_c_Socks5IsAProtocolOfProxies) {
    Origin const target("through SOCKS5");
    Socks5Server const socks({target.port(), tunnel::Credentials{"u", "p"}});
    ForwarderFixture forwarder;
    forwarder.choose(socks.port(), "socks5", R"(,"username":"u","password":"p")");
    forwarder.start();
    EXPECT_EQ(forwarder.get("http://origin.test:81/x").body, "through SOCKS5");
    EXPECT_THAT(socks.destinations(), ElementsAre("origin.test:81"));
    EXPECT_THAT(target.asked().at(0), StartsWith("GET /x HTTP/1.1\r\n"));
}

TEST(ForwarderPath, P87_b_IpAndPortAreTheAddress) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.backend.respond("/proxy", 200,
                              R"({"id":1,"ip":"127.0.0.1","port":)" + std::to_string(upstream.port()) + "}");
    forwarder.start();
    EXPECT_EQ(forwarder.get(url_with_query).body, "hello");
}

TEST(ForwarderPath, P86_a_ReverseModeForwardsByItsServer) {
    Origin const target("hello");
    Socks5Server const socks({target.port(), std::nullopt});
    ForwarderFixture forwarder("", {"reverse:http://origin.test:81"});
    forwarder.choose(socks.port(), "socks5");
    forwarder.start();
    TestClient client(forwarder.port());
    EXPECT_EQ(client.request("GET /x HTTP/1.1\r\nHost: any\r\nAuthorization: Bearer t\r\n\r\n").body, "hello");
    EXPECT_THAT(forwarder.backend.asked("/proxy").at(0).head,
                StartsWith("GET /proxy?target_url=http%3A%2F%2Forigin.test%3A81%2Fx HTTP/1.1\r\n"));
    EXPECT_THAT(socks.destinations(), ElementsAre("origin.test:81"));
}

/// A forged Host field does not hide the server from the blacklist.
TEST(ForwarderPath, P88_a_TheServerOfARequestIsBlockedToo) {
    ForwarderFixture forwarder;
    forwarder.backend.respond("/blacklist", 200, R"([{"id":1,"pattern":"blocked\\.test"}])");
    forwarder.start();
    TestClient client(forwarder.port());
    EXPECT_EQ(client.request(connect_to("blocked.test:80"), "CONNECT").status, 200U);
    EXPECT_EQ(client.request("GET / HTTP/1.1\r\nHost: free.test\r\nAuthorization: Bearer t\r\n\r\n").status, 403U);
    EXPECT_THAT(forwarder.backend.asked("/proxy"), IsEmpty());
}

TEST(ForwarderPath, P88_a_AUrlThatAnAddonChangesIsCheckedAgain) {
    ForwarderFixture forwarder;
    forwarder.backend.respond("/blacklist", 200, R"([{"id":1,"pattern":"blocked\\.test"}])");
    forwarder.fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        flow.request.set_host("blocked.test");
    };
    forwarder.start();
    EXPECT_EQ(forwarder.get(url_with_query).status, 403U);
    EXPECT_EQ(forwarder.activity(), "403 null");
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
