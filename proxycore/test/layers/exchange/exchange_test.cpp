// The order of hooks, what addons can do in them, what stops an exchange, and what may follow it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "layers/exchange/exchange.hpp"
#include "layers/exchange/http1_fixture.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::all_hooks;
using test::get;
using test::Http1Fixture;
using test::leave;
using test::ok;
using test::post_head;
using test::read_to_end;
using test::responses;
using test::Script;
using test::Turn;
using test::with_length;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Then = Turn::Then;

// --- hooks -----------------------------------------------------------------------------------------------------------

TEST(Exchange, P40_a_APlainRequestHasFourHooks) {
    Http1Fixture fixture;
    fixture.servers = {responses(ok)};
    fixture.play({{"", get}, leave("ok")});
    EXPECT_EQ(fixture.hooks(), all_hooks);
}

TEST(Exchange, P40_a_ARefusedTargetIsAnError) {
    Http1Fixture fixture;
    fixture.play({{"", get}, read_to_end()});
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
}

TEST(Exchange, P40_G9_AResponseOfAnAddonNeedsNoServer) {
    for (std::string const hook : {"requestheaders", "request"}) {
        Http1Fixture fixture;
        fixture.recorder->on_hook[hook] = [](flow::HttpFlow& flow) {
            flow.response = flow::Response::make(418, "tea");
        };
        fixture.servers = {responses(ok)};
        fixture.play({{"", post_head + with_length(9)}, leave("tea")});
        EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 418 "));
        EXPECT_THAT(fixture.asked, IsEmpty());
        EXPECT_EQ(fixture.hooks(), all_hooks);
    }
}

TEST(Exchange, P40_G3_HeaderHooksComeBeforeTheContent) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { EXPECT_FALSE(flow.request.raw_content); };
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) { EXPECT_EQ(flow.request.raw_content, "xxx"); };
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) {
        EXPECT_FALSE(flow.response->raw_content);
    };
    fixture.recorder->on_hook["response"] = [](flow::HttpFlow& flow) { EXPECT_EQ(flow.response->raw_content, "ok"); };
    fixture.servers = {{{"xxx", ok}}};
    fixture.play({{"", post_head + with_length(3)}, leave("ok")});
    EXPECT_EQ(fixture.hooks(), all_hooks);
}

TEST(Exchange, P40_AddonsChangeBothMessages) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        flow.request.path = "/other";
        flow.request.headers.add("A", "b");
        flow.request.set_content("longer");
    };
    fixture.recorder->on_hook["response"] = [](flow::HttpFlow& flow) { flow.response->set_content("changed"); };
    fixture.servers = {{{"longer", ok}}};
    fixture.play({{"", post_head + with_length(3)}, leave("changed")});
    EXPECT_EQ(fixture.asked.at(0),
              "POST /other HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 6\r\nA: b\r\n\r\nlonger");
    EXPECT_EQ(fixture.received, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nchanged");
}

TEST(Exchange, P11_e_AnAddonChangesTheTarget) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) { flow.request.set_host("other.test"); };
    fixture.servers = {responses(ok)};
    fixture.play({{"", get}, leave("ok")});
    EXPECT_EQ(fixture.asked.at(0), "GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
    EXPECT_EQ(to_string(fixture.flow().server_conn->address().value()), "other.test:80");
}

struct Kill {
    std::string name, calls;
};

class P31_c_KilledIn : public testing::TestWithParam<Kill> {};

TEST_P(P31_c_KilledIn, ClosesTheClientWithoutAByte) {
    Http1Fixture fixture;
    fixture.recorder->on_hook[GetParam().name] = [](flow::HttpFlow& flow) { flow.kill({}); };
    fixture.servers = {responses(ok)};
    fixture.play({{"", get}, read_to_end()});
    EXPECT_EQ(fixture.received, "");
    EXPECT_EQ(fixture.flow().error.value().message, flow::killed_message);
    EXPECT_EQ(fixture.hooks(), GetParam().calls);
}

INSTANTIATE_TEST_SUITE_P(Exchange, P31_c_KilledIn,
                         testing::Values(Kill{"requestheaders", "requestheaders error"},
                                         Kill{"request", "requestheaders request error"},
                                         Kill{"responseheaders", "requestheaders request responseheaders error"},
                                         Kill{"response", all_hooks}),  // G1: one of the two
                         pathology::test::row_name);

/// Kills the flow from outside its hooks, once the exchange waits for the server.
TEST(Exchange, AKillActsWhileTheServerIsSilent) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        auto const timer = std::make_shared<asio::steady_timer>(flow.loop, std::chrono::milliseconds(20));
        timer->async_wait([timer, &flow](boost::system::error_code) { flow.kill({}); });
    };
    fixture.servers = {{{"never", ""}}};
    fixture.play({{"", get}, read_to_end()});
    EXPECT_EQ(fixture.received, "");
    EXPECT_EQ(fixture.flow().error.value().message, flow::killed_message);
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
}

TEST(Exchange, AFlowThatIsHeldFromOutsideWaitsAtItsNextHook) {
    Http1Fixture fixture;
    std::shared_ptr<flow::Flow> held;
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        held = flow.shared_from_this();
        auto const timer = std::make_shared<asio::steady_timer>(flow.loop, std::chrono::milliseconds(20));
        timer->async_wait([timer, &held](boost::system::error_code) {
            held->comment = "seen";
            held->resume();
        });
        boost::asio::post(flow.loop, [&held] { held->intercept(); });
    };
    fixture.servers = {responses(ok)};
    fixture.play({{"", get}, leave("ok")});
    EXPECT_EQ(fixture.received, ok);
    EXPECT_EQ(fixture.flow().comment, "seen");
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_FALSE(held->live);
}

TEST(Exchange, P40_b_GoesOnAfterAnAddonThatThrows) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow&) { throw std::runtime_error("oops"); };
    fixture.servers = {responses(ok)};
    fixture.play({{"", get}, leave("ok")});
    EXPECT_EQ(fixture.received, ok);
    EXPECT_THAT(fixture.log, ElementsAre(HasSubstr("oops")));
}

// --- what stops it ---------------------------------------------------------------------------------------------------

/// A client whose request is there, and who cannot be told anything.
class DeafClient final : public ClientStream {
public:
    asio::awaitable<Result<std::string_view>> read_body() override { co_return std::string_view(); }
    http::Fields const& trailers() const override { return trailers_; }
    std::optional<std::uint64_t> announced_length() const override { return 0; }
    asio::awaitable<Result<void>> send_body(std::string_view) override { co_return gone(); }
    asio::awaitable<Result<void>> finish(http::Fields const*) override { co_return gone(); }
    void abort() noexcept override { was_aborted = true; }
    std::unique_ptr<net::Stream> take_over() override { return nullptr; }
    asio::awaitable<Result<void>> send_interim(http::ResponseHead const&) override { co_return gone(); }
    asio::awaitable<Result<void>> send(flow::Response const&) override { co_return gone(); }
    asio::awaitable<Result<void>> begin(flow::Response const&) override { co_return gone(); }
    asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds) override {
        co_await async::pause(std::nullopt);
        co_return gone();
    }

    bool was_aborted = false;

private:
    static Failure gone() { return {Errc::closed, "the client disconnected"}; }
    http::Fields trailers_;
};

flow::HttpFlow flow_to_origin(Context& context) {
    flow::HttpFlow flow(context.client, context.server, {});
    flow.request.set_destination("http", {"origin.test", 80});
    return flow;
}

TEST(Exchange, P31_d_AResponseThatCannotBeDeliveredIsBoth) {
    Http1Fixture fixture;
    fixture.servers = {responses(ok)};
    auto const what = [](Context& context) -> asio::awaitable<void> {
        auto flow = flow_to_origin(context);
        DeafClient client;
        auto const end = co_await exchange(context, flow, client);
        EXPECT_FALSE(end.is_whole);
        EXPECT_TRUE(flow.response);
        EXPECT_EQ(flow.error.value().message, "the client disconnected");
        EXPECT_FALSE(flow.live);
        EXPECT_TRUE(client.was_aborted);
    };
    fixture.run(what);
    EXPECT_EQ(fixture.hooks(), all_hooks);  // G1: no `error` after `response`
}

TEST(Exchange, IsReportedWhenItIsCancelled) {
    Http1Fixture fixture;
    fixture.servers = {{read_to_end()}};
    auto const what = [](Context& context) -> asio::awaitable<void> {
        auto flow = flow_to_origin(context);
        DeafClient client;
        auto work = exchange(context, flow, client);
        auto const end = co_await async::with_timeout(std::chrono::milliseconds(500), std::move(work));
        EXPECT_FALSE(end);
        EXPECT_TRUE(flow.error);
        EXPECT_FALSE(flow.live);
        EXPECT_TRUE(client.was_aborted);
    };
    fixture.run(what);
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
}

// --- other protocols -------------------------------------------------------------------------------------------------

std::string const upgrade =
    "GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
std::string const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n";

TEST(Exchange, P16_AWebSocketGoesOnWithItsMessages) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["response"] = [](flow::HttpFlow& flow) { EXPECT_TRUE(flow.websocket); };
    fixture.servers = {{{"\r\n\r\n", switching}}};
    fixture.play({{"", upgrade}, read_to_end()});
    EXPECT_EQ(fixture.received, switching + "from the server's side");
    EXPECT_THAT(fixture.asked.at(0), EndsWith("\r\n\r\nfrom the client's side"));
    EXPECT_EQ(fixture.hooks(), all_hooks);
}

TEST(Exchange, P16_l_WithoutMessagesItsBytesPass) {
    Http1Fixture fixture;
    fixture.settings.http.websocket = false;
    fixture.recorder->on_hook["response"] = [](flow::HttpFlow& flow) { EXPECT_FALSE(flow.websocket); };
    fixture.servers = {{{"\r\n\r\n", switching + "welcome"}, {"hello", "bye", Then::fin}}};
    fixture.play({{"", upgrade + "hel"}, {"welcome", "lo"}, leave("bye")});
    EXPECT_EQ(fixture.received, switching + "welcomebye");
}

TEST(Exchange, P16_OtherProtocolsPassAsBytesWhereTheyMay) {
    auto const response_text = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n";
    auto const asking =
        "GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n";
    for (bool const rawtcp : {true, false}) {
        Http1Fixture fixture;
        fixture.settings.http.rawtcp = rawtcp;
        fixture.servers = {{{"\r\n\r\n", response_text}, {"hello", "bye", Then::fin}}};
        fixture.play({{"", asking}, {"101", "hello", Then::read_to_end}});
        EXPECT_EQ(fixture.received, std::string(response_text) + (rawtcp ? "bye" : ""));
        EXPECT_THAT(fixture.log, SizeIs(rawtcp ? 0 : 1));
    }
}

}  // namespace
}  // namespace pathology::proxycore::layers
