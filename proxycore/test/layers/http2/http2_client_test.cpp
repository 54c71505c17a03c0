// What clients of HTTP/2 get from the proxy: exchanges side by side, each on its stream, and an end in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/http2/http2_fixture.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using http2::ErrorCode;
using test::Http2Fixture;
using test::RawClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace flag = http2::flag;

/// An addon that responses.
auto says(std::string body, unsigned status = 200) {
    return [body = std::move(body), status](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(status, body, {{"Connection", "keep-alive"}, {"X-Y", "z"}});
    };
}

std::string post_head(std::uint32_t stream, FieldList more = {}) {
    auto const all =
        block({{":method", "POST"}, {":scheme", "http"}, {":path", "/form"}, {":authority", "x"}}) + block(more);
    return headers(stream, std::string_view(all), flag::end_headers);
}

/// What a client says in one go, and all that it hears up to `last`.
std::string received(Http2Fixture& fixture, std::string const& sent, std::string const& last) {
    std::string result;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        co_await client.send(sent);
        result = co_await client.read_until(last);
    });
    return result;
}

TEST(Http2Client, GetsAResponseOnItsStream) {
    for (std::size_t const max_count : {std::size_t{1}, std::size_t{65536}}) {
        Http2Fixture fixture;
        fixture.max_per_read = max_count;
        fixture.recorder->on_hook["request"] = says("ok");
        EXPECT_EQ(received(fixture, hello() + get(1), "ok"), "HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n");
        EXPECT_EQ(fixture.hooks(), "requestheaders request responseheaders response");
        auto const& request = fixture.flow().request;
        EXPECT_EQ(request.url(), "http://x/");
        EXPECT_EQ(request.http_version, (http::Version{2, 0}));
        EXPECT_FALSE(fixture.flow().live);
    }
}

/// HTTP/2 has no 101 (RFC 9113 §8.6), and nobody asked.
TEST(Http2Client, GetsNoSwitchOfProtocolsFromAnAddon) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = says("", 101);
    EXPECT_THAT(received(fixture, hello() + get(1), "502 Bad Gateway"), HasSubstr("HEADERS 1"));
    EXPECT_EQ(fixture.flow().error.value().message,
              "the response switches to a protocol that the client did not ask for");
}

TEST(Http2Client, SendsARequestWithContentAndTrailers) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = says("ok");
    auto const sent = hello() + post_head(1, {{"x-a", "1"}, {"x-a", "2"}}) + data(1, "abc") + data(1, "def") +
                      headers(1, {{"x-t", "9"}});
    received(fixture, sent, "ok");
    auto const& request = fixture.flow().request;
    EXPECT_EQ(request.raw_method, "POST");
    EXPECT_EQ(request.raw_content, "abcdef");
    EXPECT_EQ(request.headers, (http::Fields{{"x-a", "1"}, {"x-a", "2"}}));
    EXPECT_EQ(request.trailers, (http::Fields{{"x-t", "9"}}));
}

TEST(Http2Client, GetsAResponseOnOneStreamWhileAnotherOneWaits) {
    Http2Fixture fixture;
    flow::HttpFlow* held = nullptr;
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        says(flow.request.path)(flow);
        if (held != nullptr) return;
        held = &flow;
        flow.intercept();
    };
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const sent = hello() + get(1) + get(3);
        co_await client.send(sent);
        auto const first = co_await client.read_until("DATA 3");
        EXPECT_THAT(first, Not(HasSubstr("DATA 1")));
        held->resume();
        co_await client.read_until("DATA 1");
    });
}

TEST(Http2Client, GetsNoContentWithHead) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = says("four");
    auto const head = headers(1, {{":method", "HEAD"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}});
    EXPECT_EQ(received(fixture, hello() + head, "HEADERS 1"), "HEADERS 1 END_STREAM,END_HEADERS\n");
}

TEST(Http2Client, GetsTrailers) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        says("ok")(flow);
        flow.response->trailers = {{"x-t", "9"}};
    };
    EXPECT_EQ(received(fixture, hello() + get(1), "DATA 1 'ok'\nHEADERS 1"),
              "HEADERS 1 END_HEADERS\nDATA 1 'ok'\nHEADERS 1 END_STREAM,END_HEADERS\n");
}

TEST(Http2Client, IsAskedToContinue) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = says("ok");
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const asked = hello() + post_head(1, {{"expect", "100-continue"}});
        co_await client.send(asked);
        co_await client.read_until("HEADERS 1 END_HEADERS\n");
        EXPECT_EQ(fixture.hooks(), "requestheaders");
        auto const rest = data(1, "abc", flag::end_stream);
        co_await client.send(rest);
        co_await client.read_until("HEADERS 1 END_HEADERS\nHEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n");
    });
    EXPECT_EQ(fixture.flow().request.raw_content, "abc");
}

TEST(Http2Client, IsStoppedWhenItsContentIsNotWanted) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.kill(flow::Time{}); };
    auto const lines = received(fixture, hello() + post_head(1) + data(1, "abc"), "RST_STREAM");
    EXPECT_EQ(lines, "RST_STREAM 1 CANCEL\n");
    EXPECT_EQ(fixture.flow().error.value().message, flow::killed_message);
}

TEST(Http2Client, GetsAnErrorPageAndKeepsItsConnection) {
    Http2Fixture fixture;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const first = hello() + get(1);
        co_await client.send(first);
        auto const page = co_await client.read_until("DATA 1 END_STREAM");
        EXPECT_THAT(page, HasSubstr("cannot connect to x:80"));
        fixture.recorder->on_hook["request"] = says("ok");
        auto const second = get(3);
        co_await client.send(second);
        co_await client.read_until("DATA 3 END_STREAM 'ok'");
    });
    EXPECT_EQ(fixture.flow().error.value().message, "cannot connect to x:80");
}

// --- ends ------------------------------------------------------------------------------------------------------------

TEST(Http2Client, EndsAnExchangeByResettingItsStream) {
    Http2Fixture fixture;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const asked = hello() + post_head(1) + data(1, "abc");
        co_await client.send(asked);
        co_await fixture.wait_for("requestheaders");
        auto const reset = rst_stream(1, ErrorCode::cancel);
        co_await client.send(reset);
        co_await fixture.wait_for("error");
    });
    EXPECT_EQ(fixture.flow().error.value().message, "the client reset stream 1: CANCEL");
}

TEST(Http2Client, MayResetAStreamInTheSegmentThatOpensIt) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = says("ok");
    auto const asked = hello() + post_head(1) + data(1, "abc", flag::end_stream) + rst_stream(1, ErrorCode::cancel);
    EXPECT_EQ(received(fixture, asked + get(3), "ok"), "HEADERS 3 END_HEADERS\nDATA 3 END_STREAM 'ok'\n");
}

TEST(Http2Client, NeedNotWaitForAServer) {
    Http2Fixture fixture;
    fixture.origin_is_busy = true;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const asked = hello() + get(1);
        co_await client.send(asked);
        co_await fixture.wait_for("request");
        auto const reset = rst_stream(1, ErrorCode::cancel);
        co_await client.send(reset);
        co_await fixture.wait_for("error");  // its connection is still there
    });
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
    EXPECT_EQ(fixture.flow().error.value().message, "the client reset stream 1: CANCEL");
}

TEST(Http2Client, EndsAllExchangesByLeaving) {
    Http2Fixture fixture;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const asked = hello() + post_head(1) + post_head(3);
        co_await client.send(asked);
        co_await fixture.wait_for("requestheaders requestheaders");
        client.close(net::CloseMode::fin);
    });
    EXPECT_EQ(fixture.flow(0).error.value().message, "the client ended the connection");
    EXPECT_EQ(fixture.flow(1).error.value().message, "the client ended the connection");
}

TEST(Http2Client, LearnsOfAContentLengthThatIsNotTrue) {
    Http2Fixture fixture;
    auto const sent = hello() + post_head(1, {{"content-length", "5"}}) + data(1, "abc", flag::end_stream);
    EXPECT_EQ(received(fixture, sent, "RST_STREAM"), "RST_STREAM 1 PROTOCOL_ERROR\n");
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("the request on stream 1 is malformed"));
}

TEST(Http2Client, P12_b_IsRefusedWhenItNamesTwoHosts) {
    Http2Fixture fixture;
    fixture.recorder->on_hook["request"] = says("ok");
    auto const two_names =
        block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}, {"host", "y"}});
    EXPECT_EQ(received(fixture, hello() + headers(1, std::string_view(two_names)) + get(3), "DATA 3"),
              "RST_STREAM 1 PROTOCOL_ERROR\nHEADERS 3 END_HEADERS\nDATA 3 END_STREAM 'ok'\n");
    EXPECT_EQ(fixture.flows().size(), 1U);
    EXPECT_THAT(
        fixture.log,
        testing::Contains("the request on stream 1 is malformed: the Host field says \"y\" and :authority \"x\""));
}

TEST(Http2Client, IsInformedWhatItDidWrong) {
    Http2Fixture fixture;
    EXPECT_EQ(received(fixture, hello() + data(0, "x"), "GOAWAY"), "GOAWAY 0 PROTOCOL_ERROR\n");
    EXPECT_THAT(fixture.log, ElementsAre(HasSubstr("the client broke the rules of HTTP/2: DATA: stream_id == 0")));
}

TEST(Http2Client, IsInformedThatItsPrefaceIsNone) {  // RFC 9113 §3.4
    Http2Fixture fixture;
    EXPECT_EQ(received(fixture, "INVALID CONNECTION PREFACE\r\n\r\n", "GOAWAY"), "GOAWAY 0 PROTOCOL_ERROR\n");
}

TEST(Http2Client, GetsACloseWhenTheProxyStops) {
    Http2Fixture fixture;
    fixture.settings.times.stop = std::chrono::milliseconds(50);
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        says("late")(flow);
        flow.intercept();
    };
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const asked = hello() + get(1);
        co_await client.send(asked);
        co_await fixture.wait_for("request");
        co_await client.read_until("");
        fixture.stop();
        auto const all = co_await client.read_to_end();
        EXPECT_THAT(all, HasSubstr("GOAWAY 1 NO_ERROR"));
    });
    EXPECT_THAT(fixture.hooks(), HasSubstr("error"));
    EXPECT_TRUE(fixture.flow().error.has_value());
}

TEST(Http2Client, GetsACloseWhenItIsIdle) {
    Http2Fixture fixture;
    fixture.settings.times.idle = std::chrono::milliseconds(500);
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const first = hello();
        co_await client.send(first);
        auto const all = co_await client.read_to_end();
        EXPECT_THAT(all, HasSubstr("GOAWAY 0 NO_ERROR\n"));
    });
}

TEST(Http2Client, IsAskedForASignOfLifeWhileItsExchangeTakesTime) {
    Http2Fixture fixture;
    fixture.settings.times.stop = std::chrono::milliseconds(50);
    fixture.settings.times.idle = std::chrono::seconds(1);
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) { flow.intercept(); };
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const asked = hello() + get(1);
        co_await client.send(asked);
        co_await client.read_until("PING ");
        fixture.stop();
        co_await client.read_to_end();
    });
}

}  // namespace
}  // namespace pathology::proxycore::layers
