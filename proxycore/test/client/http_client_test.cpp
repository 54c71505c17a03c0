// The HTTP client against servers on loopback: reuse, limits, proxies, cancellation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <pathology/proxycore/client/http_client.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "proxy/origin.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::client {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using layers::Failure;
using proxy::test::Origin;
using proxy::test::read_head;
using proxycore::test::play;
using testing::HasSubstr;

flow::Request get(std::string const& url) { return flow::Request::make("GET", url, "").value(); }

/// Sends the requests one after another; returns the last outcome.
layers::Result<flow::Response> send_all(std::vector<flow::Request> requests, HttpClientOptions const& options = {}) {
    layers::Result<flow::Response> last = Failure{};
    play([&]() -> asio::awaitable<void> {
        HttpClient client(options);
        for (auto& request : requests) last = co_await client.send(std::move(request));
        co_await client.close();
    });
    return last;
}

layers::Result<flow::Response> send(flow::Request request, HttpClientOptions const& options = {}) {
    std::vector<flow::Request> requests;
    requests.push_back(std::move(request));
    return send_all(std::move(requests), options);
}

/// Responds with these bytes to the first request of each connection and closes it.
Origin::Conduct respond(std::string bytes) {
    return [bytes](net::Stream& stream) -> asio::awaitable<void> {
        co_await read_head(stream);
        co_await net::send(stream, bytes);
    };
}

TEST(HttpClient, ReturnsTheResponse) {
    Origin const origin("hello");
    auto const response = send(get(origin.url() + "/path?x=1"));
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status_code, 200u);
    EXPECT_EQ(response->raw_content, "hello");
    EXPECT_THAT(origin.asked().at(0), HasSubstr("GET /path?x=1 HTTP/1.1\r\n"));
    EXPECT_THAT(origin.asked().at(0), HasSubstr("ost: " + origin.where()));
}

TEST(HttpClient, SendsABody) {
    Origin const origin("ok");
    auto request = flow::Request::make("POST", origin.url() + "/", "abc").value();
    EXPECT_TRUE(send(std::move(request)));
    EXPECT_THAT(origin.asked().at(0), HasSubstr("ontent-length: 3"));
}

TEST(HttpClient, UsesAConnectionAgain) {
    Origin const origin("x");
    std::vector<flow::Request> requests{get(origin.url() + "/1"), get(origin.url() + "/2")};
    EXPECT_TRUE(send_all(std::move(requests)));
    EXPECT_EQ(origin.asked().size(), 2u);
    EXPECT_EQ(origin.accepted(), 1u);
}

/// Ends each connection when its second request was read, without a response.
asio::awaitable<void> respond_once(net::Stream& stream) {
    co_await read_head(stream);
    co_await net::send(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    co_await read_head(stream);
}

struct RepeatCase {
    std::string_view method;
    bool is_repeated;
};
void PrintTo(RepeatCase const& row, std::ostream* out) { *out << row.method; }
class HttpClientRepeat : public testing::TestWithParam<RepeatCase> {};

/// The server may have acted on the request (RFC 9110 §9.2.2).
TEST_P(HttpClientRepeat, IsForIdempotentMethodsAlone) {
    auto const& [method, is_repeated] = GetParam();
    Origin const origin(respond_once);
    std::vector<flow::Request> requests{get(origin.url() + "/1")};
    requests.push_back(flow::Request::make(method, origin.url() + "/2", "abc").value());
    auto const response = send_all(std::move(requests));
    EXPECT_EQ(response.has_value(), is_repeated);
    EXPECT_EQ(origin.accepted(), is_repeated ? 2u : 1u);
}

INSTANTIATE_TEST_SUITE_P(Methods, HttpClientRepeat,
                         testing::Values(RepeatCase{"GET", true}, RepeatCase{"PUT", true}, RepeatCase{"DELETE", true},
                                         RepeatCase{"POST", false}, RepeatCase{"PATCH", false}),
                         [](auto const& row) { return std::string(row.param.method); });

TEST(HttpClient, SkipsInterimResponses) {
    Origin const origin(respond("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"));
    auto const response = send(get(origin.url() + "/"));
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status_code, 204u);
}

struct FailureCase {
    std::string_view name, bytes;
    layers::Errc code;
    std::string_view message;
};
class HttpClientFailure : public testing::TestWithParam<FailureCase> {};

TEST_P(HttpClientFailure, NamesTheCause) {
    Origin const origin(respond(std::string(GetParam().bytes)));
    HttpClientOptions options;
    options.max_body_size = 4;
    auto const response = send(get(origin.url() + "/"), options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, GetParam().code) << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr(std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Responses, HttpClientFailure,
    testing::Values(
        FailureCase{"Nothing", "", layers::Errc::closed, "without a response"},
        FailureCase{"NotHttp", "SSH-2.0\r\n\r\n", layers::Errc::malformed, "127.0.0.1"},
        FailureCase{"CutBody", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", layers::Errc::closed, "127.0.0.1"},
        FailureCase{"LargeBody", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", layers::Errc::too_large, "4"},
        FailureCase{"Switch", "HTTP/1.1 101 Switching Protocols\r\n\r\n", layers::Errc::malformed, "101"}),
    pathology::test::row_name);

TEST(HttpClient, ReportsARefusedConnection) {
    std::uint16_t port = 0;
    {
        Origin const origin;
        port = origin.port();
    }
    auto const response = send(get("http://127.0.0.1:" + std::to_string(port) + "/"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, layers::Errc::unreachable);
    EXPECT_THAT(response.error().message, HasSubstr(std::to_string(port)));
}

TEST(HttpClient, LimitsTheTimeOfARequest) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await read_head(stream);
        co_await read_head(stream);  // until the client closes
    });
    HttpClientOptions options;
    options.timeout = 50ms;
    auto const response = send(get(origin.url() + "/"), options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, layers::Errc::timed_out);
}

TEST(HttpClient, EndsWhenItsCallerIsCancelled) {
    asio::io_context context(1);
    asio::cancellation_signal cancel;
    Origin const origin([&](net::Stream& stream) -> asio::awaitable<void> {
        co_await read_head(stream);
        asio::post(context, [&] { cancel.emit(asio::cancellation_type::terminal); });
        co_await read_head(stream);
    });
    bool has_thrown = false;
    auto const request = [&]() -> asio::awaitable<void> {
        HttpClient client;
        auto pending = get(origin.url() + "/");
        co_await client.send(std::move(pending));
    };
    auto ended = [&](std::exception_ptr thrown) { has_thrown = thrown != nullptr; };
    asio::co_spawn(context, request, asio::bind_cancellation_slot(cancel.slot(), ended));
    context.run_for(proxycore::test::patience);
    EXPECT_TRUE(has_thrown);
}

std::string interim(int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += "HTTP/1.1 103 Early Hints\r\n\r\n";
    return all + "HTTP/1.1 204 No Content\r\n\r\n";
}

TEST(HttpClient, LimitsInterimResponses) {
    Origin const some(respond(interim(100))), endless(respond(interim(101)));
    EXPECT_TRUE(send(get(some.url() + "/")));
    auto const response = send(get(endless.url() + "/"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, layers::Errc::malformed);
    EXPECT_THAT(response.error().message, HasSubstr("more than 100 interim responses"));
}

TEST(HttpClient, WaitsForAConnectionWithinItsLimit) {
    Origin const origin("x");
    HttpClientOptions options;
    options.max_connections = 1;
    play([&]() -> asio::awaitable<void> {
        HttpClient client(options);
        int responses = 0;
        auto const send_one = [&](std::string url) -> asio::awaitable<void> {
            auto request = get(url);
            auto const response = co_await client.send(std::move(request));
            if (response) ++responses;
        };
        auto all = send_one(origin.url() + "/1") && send_one(origin.url() + "/2") && send_one(origin.url() + "/3");
        co_await std::move(all);
        EXPECT_EQ(responses, 3);
        co_await client.close();
    });
    EXPECT_EQ(origin.accepted(), 1u);
}

TEST(HttpClient, GoesThroughTheProxyOfItsRoute) {
    Origin const proxy(respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"));
    HttpClientOptions options;
    options.route = upstream::Route::via({"http", {"127.0.0.1", proxy.port()}});
    auto const response = send(get("http://origin.test/"), options);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->raw_content, "proxy");
}

}  // namespace
}  // namespace pathology::proxycore::client
