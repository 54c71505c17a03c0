#include <gmock/gmock.h>

#include "addons/chain_fixture.hpp"
#include "addons/proxy_auth.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::ChainFixture;
using test::play;
using test::run;
using testing::HasSubstr;

constexpr std::string_view right = "Basic dTpwOnA=";  // u:p:p
constexpr std::string_view wrong = "Basic dTpw";      // u:p

/// A running proxy that lets in u with the password p:p.
struct Guarded : ChainFixture {
    explicit Guarded(std::string_view setting = "proxyauth=u:p:p") {
        chain.add(auth);
        options.apply({parse_setting(setting)});
        play([&]() -> asio::awaitable<void> { co_await chain.start(); });
    }

    /// A request on the client's connection, with that field.
    flow::HttpFlow request(std::string_view field_name = {}, std::string_view credentials = {}) const {
        flow::HttpFlow flow(client, nullptr, flow::Time{});
        if (!field_name.empty()) flow.request.headers.add(field_name, credentials);
        return flow;
    }

    std::shared_ptr<ProxyAuth> auth = std::make_shared<ProxyAuth>();
    std::shared_ptr<flow::Client> client = std::make_shared<flow::Client>(flow::Client::make_dummy({"client", 0}));
};

TEST(ProxyAuth, P62_a_ChallengesWithoutOrWithWrongCredentials) {
    Guarded proxy;
    for (auto const credentials :
         {std::string_view{}, wrong, std::string_view("Bearer x"), std::string_view("Basic !")}) {
        auto flow = credentials.empty() ? proxy.request() : proxy.request("Proxy-Authorization", credentials);
        run(proxy.chain, hooks::requestheaders, flow);
        ASSERT_TRUE(flow.response) << credentials;
        EXPECT_EQ(flow.response->status_code, 407U);
        EXPECT_EQ(flow.response->reason, "Proxy Authentication Required");
        EXPECT_EQ(flow.response->headers.first("Proxy-Authenticate"), "Basic realm=\"mitmproxy\"");
        EXPECT_EQ(flow.response->headers.first("Content-Type"), "text/html");
        EXPECT_THAT(*flow.response->raw_content, HasSubstr("407 Proxy Authentication Required"));
        EXPECT_FALSE(flow.metadata.contains("proxyauth"));
    }
}

TEST(ProxyAuth, P62_a_LetsRightOnesPassAndTakesTheFieldAway) {
    Guarded proxy;
    auto flow = proxy.request("proxy-authorization", right);
    flow.request.headers.add("Authorization", "Basic of the server");
    run(proxy.chain, hooks::requestheaders, flow);
    EXPECT_FALSE(flow.response);
    EXPECT_FALSE(flow.request.headers.contains("Proxy-Authorization"));
    EXPECT_TRUE(flow.request.headers.contains("Authorization"));
    EXPECT_EQ(flow.metadata["proxyauth"], flow::MetadataValue(std::vector<std::string>{"u", "p:p"}));
}

TEST(ProxyAuth, P62_AsksEachRequestAnew) {
    Guarded proxy;
    auto first = proxy.request("Proxy-Authorization", right), second = proxy.request();
    run(proxy.chain, hooks::requestheaders, first);
    run(proxy.chain, hooks::requestheaders, second);
    EXPECT_FALSE(first.response);
    EXPECT_TRUE(second.response);
}

TEST(ProxyAuth, P62_b_AConnectSpeaksForItsConnection) {
    Guarded proxy;
    auto refused = proxy.request(), connect = proxy.request("Proxy-Authorization", right), inside = proxy.request();
    run(proxy.chain, hooks::http_connect, refused);
    EXPECT_EQ(refused.response->status_code, 407U);
    run(proxy.chain, hooks::http_connect, connect);
    EXPECT_FALSE(connect.response);
    EXPECT_FALSE(connect.request.headers.contains("Proxy-Authorization"));
    run(proxy.chain, hooks::requestheaders, inside);
    EXPECT_FALSE(inside.response);
    EXPECT_TRUE(inside.metadata.contains("proxyauth"));

    auto const other = std::make_shared<flow::Client>(flow::Client::make_dummy({"other", 0}));
    flow::HttpFlow stranger(other, nullptr, flow::Time{});
    run(proxy.chain, hooks::requestheaders, stranger);
    EXPECT_TRUE(stranger.response);
}

TEST(ProxyAuth, P62_b_AConnectionIsForgottenWhenItEnds) {
    Guarded proxy;
    auto connect = proxy.request("Proxy-Authorization", right), inside = proxy.request();
    run(proxy.chain, hooks::http_connect, connect);
    run(proxy.chain, hooks::client_disconnected, *proxy.client);
    run(proxy.chain, hooks::requestheaders, inside);
    EXPECT_TRUE(inside.response);
}

TEST(ProxyAuth, P62_d_AReverseProxySpeaksAsAServer) {
    Guarded proxy;
    proxy.client->proxy_mode = "reverse:http://origin.test";
    auto refused = proxy.request("Proxy-Authorization", right), accepted = proxy.request("Authorization", right);
    run(proxy.chain, hooks::requestheaders, refused);
    EXPECT_EQ(refused.response->status_code, 401U);
    EXPECT_EQ(refused.response->headers.first("WWW-Authenticate"), "Basic realm=\"mitmproxy\"");
    run(proxy.chain, hooks::requestheaders, accepted);
    EXPECT_FALSE(accepted.response);
    EXPECT_FALSE(accepted.request.headers.contains("Authorization"));
}

TEST(ProxyAuth, P62_SocksCredentialsSpeakForTheirConnection) {
    Guarded proxy;
    Socks5AuthData refused{*proxy.client, "u", "p"}, accepted{*proxy.client, "u", "p:p"};
    run(proxy.chain, hooks::socks5_auth, refused);
    EXPECT_FALSE(refused.valid);
    auto before = proxy.request(), after = proxy.request();
    run(proxy.chain, hooks::requestheaders, before);
    EXPECT_TRUE(before.response);
    run(proxy.chain, hooks::socks5_auth, accepted);
    EXPECT_TRUE(accepted.valid);
    run(proxy.chain, hooks::requestheaders, after);
    EXPECT_FALSE(after.response);
}

TEST(ProxyAuth, P62_e_AnyTakesAnybodyWhoSaysWho) {
    Guarded proxy("proxyauth=any");
    auto nobody = proxy.request(), somebody = proxy.request("Proxy-Authorization", wrong);
    run(proxy.chain, hooks::requestheaders, nobody);
    EXPECT_TRUE(nobody.response);
    run(proxy.chain, hooks::requestheaders, somebody);
    EXPECT_FALSE(somebody.response);
}

TEST(ProxyAuth, P62_f_TransparentIsRefused) {
    ChainFixture fixture;
    fixture.options.declare({"mode", TextList{"regular", "transparent@81"}});
    fixture.chain.add(std::make_shared<ProxyAuth>());
    fixture.options.apply({parse_setting("proxyauth=any")});
    EXPECT_THROW(play([&]() -> asio::awaitable<void> { co_await fixture.chain.start(); }), OptionsError);
}

TEST(ProxyAuth, P62_ReplayedRequestsAreExempt) {
    Guarded proxy;
    auto flow = proxy.request();
    flow.is_replay = flow::Replay::request;
    run(proxy.chain, hooks::requestheaders, flow);
    EXPECT_FALSE(flow.response);
}

TEST(ProxyAuth, AsksNobodyByDefault) {
    Guarded proxy("proxyauth");
    auto flow = proxy.request("Proxy-Authorization", wrong);
    run(proxy.chain, hooks::requestheaders, flow);
    run(proxy.chain, hooks::http_connect, flow);
    EXPECT_FALSE(flow.response);
    EXPECT_TRUE(flow.request.headers.contains("Proxy-Authorization"));
}

TEST(ProxyAuth, P62_RefusesWhatIsNoRule) {
    Guarded proxy;
    EXPECT_THROW(proxy.options.apply({parse_setting("proxyauth=nobody")}), OptionsError);
    auto flow = proxy.request("Proxy-Authorization", right);
    run(proxy.chain, hooks::requestheaders, flow);
    EXPECT_FALSE(flow.response);
}

}  // namespace
}  // namespace pathology::proxycore::addons
