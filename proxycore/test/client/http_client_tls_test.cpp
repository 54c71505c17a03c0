// The HTTP client over TLS: HTTP/1.1 and HTTP/2 by ALPN, verification, proxies, limits and cancellation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/client/http_client.hpp>

#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "support/play.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::client {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using layers::Failure;
using proxy::test::ProxyFixture;
using proxy::test::SecureOrigin;
using proxycore::test::play;
using testing::HasSubstr;
using testing::StartsWith;

asio::awaitable<layers::Result<flow::Response>> ask(HttpClient& client, std::string const& url) {
    return client.send(flow::Request::make("GET", url).value());
}

/// Trusts the authority of the tests.
HttpClientOptions trusting() {
    HttpClientOptions options;
    options.trust.file = tls::test::trusted_file();
    return options;
}

SecureOrigin::Options with_http2() {
    SecureOrigin::Options options;
    options.http2 = true;
    return options;
}

layers::Result<flow::Response> send(std::string const& url, HttpClientOptions const& options) {
    layers::Result<flow::Response> result = Failure{};
    play([&]() -> asio::awaitable<void> {
        HttpClient client(options);
        result = co_await ask(client, url);
        co_await client.close();
    });
    return result;
}

std::string outcome_of(layers::Result<flow::Response> const& response) {
    if (!response) return response.error().message;
    return "HTTP/" + std::to_string(response->http_version.major) + " " + std::to_string(response->status_code) + " " +
           response->raw_content.value_or("");
}

TEST(HttpClientTls, AgreesOnTheVersionByAlpn) {
    SecureOrigin const old(tls::test::identity_for({"127.0.0.1"}));
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    auto options = trusting();
    EXPECT_THAT(outcome_of(send(old.url() + "/", options)), StartsWith("HTTP/1 200 asked for "));
    EXPECT_THAT(outcome_of(send(origin.url() + "/", options)), StartsWith("HTTP/2 200 asked for "));
    options.http2 = false;
    EXPECT_THAT(outcome_of(send(origin.url() + "/", options)), StartsWith("HTTP/1 200 asked for "));
}

TEST(HttpClientTls, VerifiesTheServer) {
    SecureOrigin const origin(tls::test::self_signed_identity("127.0.0.1"), with_http2());
    auto options = trusting();
    auto const refused = send(origin.url() + "/", options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, layers::Errc::untrusted) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr("127.0.0.1"));
    options.verify = false;
    EXPECT_TRUE(send(origin.url() + "/", options));
}

TEST(HttpClientTls, SharesAConnectionOfHttp2) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    play([&]() -> asio::awaitable<void> {
        HttpClient client(trusting());
        int responses = 0;
        auto const send_one = [&]() -> asio::awaitable<void> {
            auto const response = co_await ask(client, origin.url() + "/");
            if (response && response->http_version.major == 2) ++responses;
        };
        auto all = send_one() && send_one() && send_one();
        co_await std::move(all);
        EXPECT_EQ(responses, 3);
        co_await client.close();
    });
    EXPECT_EQ(origin.accepted(), 1u);
}

TEST(HttpClientTls, UsesAConnectionOfHttp1Again) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}));
    play([&]() -> asio::awaitable<void> {
        HttpClient client(trusting());
        for (int i = 0; i < 2; ++i) EXPECT_TRUE(co_await ask(client, origin.url() + "/"));
        co_await client.close();
    });
    EXPECT_EQ(origin.accepted(), 1u);
}

// --- proxies ---------------------------------------------------------------------------------------------------------

class HttpClientProxy : public testing::TestWithParam<char const*> {};

TEST_P(HttpClientProxy, TunnelsTls) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    ProxyFixture proxy;
    proxy.set("ignore_hosts=.").start();
    HttpClientOptions options;
    options.verify = false;  // a proxy of https shows a certificate of its own authority
    options.route = upstream::Route::via({GetParam(), {"127.0.0.1", proxy.port()}});
    EXPECT_THAT(outcome_of(send(origin.url() + "/", options)), StartsWith("HTTP/2 200 asked for "));
    EXPECT_EQ(proxy.recorder->count("http_connected"), 1u);
    EXPECT_EQ(origin.accepted(), 1u);
}

TEST_P(HttpClientProxy, ReportsATunnelThatFails) {
    ProxyFixture proxy;
    proxy.set("connection_strategy=eager").start();
    HttpClientOptions options;
    options.verify = false;
    options.route = upstream::Route::via({GetParam(), {"127.0.0.1", proxy.port()}});
    auto const response = send("https://127.0.0.1:1/", options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, layers::Errc::unreachable) << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr("502"));
}

INSTANTIATE_TEST_SUITE_P(, HttpClientProxy, testing::Values("http", "https"),
                         [](auto const& row) { return std::string(row.param); });

// --- limits and cancellation -----------------------------------------------------------------------------------------

TEST(HttpClientTls, LimitsABodyOfHttp2) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    auto options = trusting();
    options.max_body_size = 4;
    auto const response = send(origin.url() + "/", options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, layers::Errc::too_large) << response.error().message;
}

TEST(HttpClientTls, LimitsTheTimeOfARequestOverHttp2) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    auto options = trusting();
    options.timeout = 50ms;
    auto const response = send(origin.url() + "/silent", options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, layers::Errc::timed_out) << response.error().message;
}

TEST(HttpClientTls, ACancelledRequestLeavesTheConnectionToOthers) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    play([&]() -> asio::awaitable<void> {
        HttpClient client(trusting());
        EXPECT_TRUE(co_await ask(client, origin.url() + "/"));
        auto silent = ask(client, origin.url() + "/silent");
        auto const cancelled = co_await async::with_timeout(20ms, std::move(silent));
        EXPECT_FALSE(cancelled);
        EXPECT_TRUE(co_await ask(client, origin.url() + "/"));
        co_await client.close();
    });
    EXPECT_EQ(origin.accepted(), 1u);
}

TEST(HttpClientTls, TriesAServerAgainAfterAFailure) {
    auto options = with_http2();
    options.farewells = 1;
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), options);
    play([&]() -> asio::awaitable<void> {
        HttpClient client(trusting());
        EXPECT_FALSE(co_await ask(client, origin.url() + "/"));
        EXPECT_TRUE(co_await ask(client, origin.url() + "/"));
        co_await client.close();
    });
    EXPECT_EQ(origin.accepted(), 2u);
}

TEST(HttpClientTls, MayBeUsedAgainAfterClose) {
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), with_http2());
    play([&]() -> asio::awaitable<void> {
        HttpClient client(trusting());
        for (int i = 0; i < 2; ++i) {
            EXPECT_TRUE(co_await ask(client, origin.url() + "/"));
            co_await client.close();
        }
    });
    EXPECT_EQ(origin.accepted(), 2u);
}

}  // namespace
}  // namespace pathology::proxycore::client
