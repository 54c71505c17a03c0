// What exchanges get from servers of HTTP/2: streams of one connection, and answers in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "layers/http2/http2_line.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using http2::ErrorCode;
using http2::SettingId;
using test::Line;
using test::message_of;
using test::Origin;
using test::request_to;
using test::response;
using test::with_line;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Http2Server, SendsWhatHttp2Carries) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto request = request_to("https://origin.test/a?b", "GET",
                                  {{"Connection", "keep-alive, X-Hop"},
                                   {"X-Hop", "1"},
                                   {"Keep-Alive", "5"},
                                   {"TE", "trailers"},
                                   {"Upgrade-Insecure-Requests", "1"},
                                   {"Transfer-Encoding", "chunked"},
                                   {"Accept", "*/*"}});
        auto const stream = line.server.ask();
        EXPECT_FALSE(stream->is_reused());
        auto const sent = co_await stream->send(request);
        EXPECT_TRUE(sent.has_value());
        co_await line.origin.read_until("end");
        EXPECT_EQ(line.origin.server.log,
                  "1 request GET /a?b origin.test te=trailers upgrade-insecure-requests=1 accept=*/*\n1 end\n");
        EXPECT_TRUE(line.server.ask()->is_reused());
    });
}

/// What the server would take for the body itself (RFC 9113 §8.2.2).
TEST(Http2Server, P12_TakesNoBodyOfAnUnknownCoding) {
    for (bool const is_streamed : {false, true}) {
        with_line([&](Line& line) -> asio::awaitable<void> {
            auto request = request_to("https://origin.test/", "POST", {{"Transfer-Encoding", "gzip, chunked"}});
            request.raw_content = "zz";
            auto const stream = line.server.ask();
            auto sending = is_streamed ? stream->begin(request) : stream->send(request);
            auto const sent = co_await std::move(sending);
            EXPECT_THAT(message_of(sent), HasSubstr("Transfer-Encoding \"gzip, chunked\""));
            auto const head = co_await stream->read_head();
            EXPECT_EQ(message_of(head), message_of(sent));
            EXPECT_EQ(head.has_error() ? head.error().status : 0U, 501U);
        });
    }
}

TEST(Http2Server, P12_SendsARequestWithoutABodyInWhateverCoding) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const request = request_to("https://origin.test/", "POST", {{"Transfer-Encoding", "gzip, chunked"}});
        auto const stream = line.server.ask();
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
    });
}

TEST(Http2Server, GivesAResponseInTheOrderOfItsParts) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        TextContent content("hello");
        content.after = {{"x-t", "9"}};
        line.origin.server.session.send_interim(1, response(103, {{"link", "a"}}));
        line.origin.server.session.respond(1, response(200, {{"content-length", "5"}}), &content);
        co_await line.origin.flush();
        auto const interim = co_await stream->read_head();
        EXPECT_EQ(interim.value().status, 103U);
        auto const head = co_await stream->read_head();
        EXPECT_EQ(head.value().status, 200U);
        EXPECT_EQ(stream->announced_length(), 5U);
        auto const piece = co_await stream->read_body();
        EXPECT_EQ(piece.value(), "hello");
        auto const end = co_await stream->read_body();
        EXPECT_EQ(end.value(), "");
        EXPECT_EQ(stream->trailers(), (http::Fields{{"x-t", "9"}}));
    });
}

struct Announced {
    std::string_view name, method;
    unsigned status;
    std::uint64_t length;
};
void PrintTo(Announced const& row, std::ostream* out) { *out << row.name; }

class AnnouncedLength : public testing::TestWithParam<Announced> {};

TEST_P(AnnouncedLength, IsThatOfTheContentToCome) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/", GetParam().method);
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        TextContent content("hello");
        bool const has_content = GetParam().length > 0;
        line.origin.server.session.respond(1, response(GetParam().status, {{"content-length", "5"}}),
                                           has_content ? &content : nullptr);
        co_await line.origin.flush();
        auto const head = co_await stream->read_head();
        EXPECT_EQ(head.value().fields.first("content-length"), "5");
        EXPECT_EQ(stream->announced_length(), GetParam().length);
    });
}
INSTANTIATE_TEST_SUITE_P(Rfc9110, AnnouncedLength,
                         testing::Values(Announced{"Get", "GET", 200, 5}, Announced{"Head", "HEAD", 200, 0},
                                         Announced{"NotModified", "GET", 304, 0}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Server, SendsContentWithItsRequest) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto request = flow::Request::make("POST", "https://origin.test/", "abc", {{"x", "y"}}).value();
        request.trailers = {{"x-t", "9"}, {"Connection", "close"}};
        co_await stream->send(request);
        co_await line.origin.read_until("end");
        EXPECT_THAT(line.origin.server.log, HasSubstr("content-length=3"));
        EXPECT_THAT(line.origin.server.log, HasSubstr("1 data 'abc'\n1 end x-t=9\n"));
    });
}

TEST(Http2Server, SendsNoMoreOfABodyThanTheServerTakes) {
    http2::SessionSettings settings;
    settings.stream_window = settings.connection_window = 65535;
    settings.window_updates = http2::WindowUpdates::when_consumed;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/", "POST");
        co_await stream->begin(request);
        std::string const body(100'000, 'z');
        bool has_sent = false;
        auto const upload = [&]() -> asio::awaitable<void> {
            auto const sent = co_await stream->send_body(body);
            EXPECT_TRUE(sent.has_value());
            has_sent = true;
            auto const finished = co_await stream->finish(nullptr);
            EXPECT_TRUE(finished.has_value());
        };
        auto const take = [&]() -> asio::awaitable<void> {
            auto const received = [&] {
                auto const& log = line.origin.server.log;
                return std::count(log.begin(), log.end(), 'z');
            };
            auto const is_missing = [&] { return received() < 65535; };
            co_await line.origin.read_while(is_missing);
            EXPECT_FALSE(has_sent);
            line.origin.server.session.consume(1, 65535);
            co_await line.origin.read_until("end");
            EXPECT_EQ(received(), 100'000);
        };
        auto both = upload() && take();
        co_await std::move(both);
    };
    with_line(conversation, settings);
}

TEST(Http2Server, HoldsAServerBackWhoseResponseNobodyReads) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        std::size_t const size = 3U << 20U;
        TextContent content(std::string(size, 'y'));
        line.origin.server.session.respond(1, response(200), &content);
        auto const serve = [](Origin& origin) -> asio::awaitable<void> { co_await origin.run(); };
        auto const executor = co_await asio::this_coro::executor;
        asio::co_spawn(executor, serve(line.origin), [](std::exception_ptr const&) {});
        auto const head = co_await stream->read_head();
        EXPECT_TRUE(head.has_value());
        std::size_t received = 0;
        for (;;) {
            auto const piece = co_await stream->read_body();
            EXPECT_TRUE(piece.has_value()) << message_of(piece);
            if (piece.has_error() || piece->empty()) break;
            EXPECT_LE(piece->size(), 64U * 1024U);
            received += piece->size();
        }
        EXPECT_EQ(received, size);
        line.origin.close(net::CloseMode::fin);
    });
}

TEST(Http2Server, ServesManyRequestsAtOnce) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const first = line.server.ask(), second = line.server.ask();
        auto const one = request_to("https://origin.test/1"), two = request_to("https://origin.test/2");
        co_await first->send(one);
        co_await second->send(two);
        EXPECT_EQ(line.server.streams(), 2U);
        co_await line.origin.read_until("3 end");
        TextContent content("two");
        line.origin.server.session.respond(3, response(200), &content);
        co_await line.origin.flush();
        auto const head = co_await second->read_head();
        EXPECT_EQ(head.value().status, 200U);
        auto const piece = co_await second->read_body();
        EXPECT_EQ(piece.value(), "two");
    });
}

TEST(Http2Server, HasRoomForAsManyAsTheServerAllows) {
    http2::SessionSettings settings;
    settings.max_streams = 1;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        bool const is_known = co_await line.server.wait_for_settings();
        EXPECT_TRUE(is_known);
        EXPECT_GT(line.server.room(), 0U);
        auto stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        EXPECT_EQ(line.server.room(), 0U);
        EXPECT_TRUE(line.server.takes_requests());
        co_await line.origin.read_until("1 end");
        auto const changes_before = line.changes;
        line.origin.server.session.respond(1, response(204), nullptr);
        co_await line.origin.flush();
        co_await stream->read_head();
        EXPECT_GT(line.server.room(), 0U);
        EXPECT_GT(line.changes, changes_before);
    };
    with_line(conversation, settings);
}

}  // namespace
}  // namespace pathology::proxycore::layers
