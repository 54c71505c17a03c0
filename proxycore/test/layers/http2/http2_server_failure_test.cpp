// How requests to servers of HTTP/2 fail, what may be sent again, and how connections end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "layers/http2/http2_line.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using http2::ErrorCode;
using test::Line;
using test::message_of;
using test::request_to;
using test::response;
using test::with_line;
using testing::StartsWith;
namespace flag = http2::flag;

struct Breach {
    std::string_view name;
    std::string sent_bytes;  // by the server, to a request on stream 1
    std::string_view message;
    Errc code = Errc::closed;
    Repeat repeat = Repeat::never;
};
void PrintTo(Breach const& row, std::ostream* out) { *out << row.name; }

class BrokenResponse : public testing::TestWithParam<Breach> {};

TEST_P(BrokenResponse, FailsTheRequest) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const& row = GetParam();
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        co_await line.origin.send(row.sent_bytes);
        auto const head = co_await stream->read_head();
        Failure failure = head.has_error() ? head.error() : Failure();
        if (head.has_value()) {
            auto const piece = co_await stream->read_body();
            if (piece.has_error()) failure = piece.error();
        }
        EXPECT_THAT(failure.message, StartsWith(std::string(row.message)));
        EXPECT_EQ(failure.code, row.code);
        EXPECT_EQ(failure.repeat, row.repeat);
        EXPECT_EQ(failure.status, 502U);
    });
}

std::string goaway(std::uint32_t last, ErrorCode code) {
    return frame(http2::FrameType::goaway, 0, 0, number(last) + number(static_cast<std::uint32_t>(code)));
}
std::string ok_with_length(std::string_view length) {
    return headers(1, {{":status", "200"}, {"content-length", length}}, flag::end_headers);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, BrokenResponse,
    testing::Values(
        Breach{"Reset", rst_stream(1, ErrorCode::internal_error),
               "the server origin.test:443 reset the stream: INTERNAL_ERROR"},
        Breach{"Refused", rst_stream(1, ErrorCode::refused_stream),
               "the server origin.test:443 reset the stream: REFUSED_STREAM", Errc::closed, Repeat::always},
        Breach{"Goaway", goaway(0, ErrorCode::no_error),
               "the server origin.test:443 did not take the request: GOAWAY: last stream 0, NO_ERROR", Errc::closed,
               Repeat::always},
        Breach{"ContentOfAnotherLength", ok_with_length("5") + data(1, "", flag::end_stream),
               "the response of the server origin.test:443 is malformed: content-length is \"5\", and 0 bytes came",
               Errc::malformed},
        Breach{"BrokenField", headers(1, {{":status", "200"}, {"Upper", "1"}}, flag::end_headers),
               "the response of the server origin.test:443 is malformed: Invalid HTTP header field", Errc::malformed},
        Breach{"BrokenProtocol", data(0, "x"),
               "the server origin.test:443 broke the rules of HTTP/2: DATA: stream_id == 0", Errc::malformed}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Server, FailsWhenTheServerLeaves) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        co_await line.origin.flush();
        line.origin.close(net::CloseMode::fin);
        auto const head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), "the server origin.test:443 ended the connection");
        EXPECT_EQ(head.error().repeat, Repeat::never);
        EXPECT_TRUE(line.server.has_ended());
    });
}

struct KeptEnd {
    std::string_view name;
    std::string sent_bytes;  // by the server, to the second request of a connection, before it ends that
    Repeat repeat;
    std::optional<net::CloseMode> how = net::CloseMode::fin;
};
void PrintTo(KeptEnd const& row, std::ostream* out) { *out << row.name; }

class A1_KeptConnection : public testing::TestWithParam<KeptEnd> {};

/// RFC 9110 §9.2.2: a server may end a kept connection before a request arrives, or after it has read it.
TEST_P(A1_KeptConnection, EndsBeforeAResponse) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const& row = GetParam();
        auto const request = request_to("https://origin.test/");
        auto const first = line.server.ask();
        co_await first->send(request);
        co_await line.origin.read_until("1 end");
        auto const whole = headers(1, {{":status", "204"}});
        co_await line.origin.send(whole);
        auto const response = co_await first->read_head();
        EXPECT_TRUE(response);
        auto const second = line.server.ask();
        co_await second->send(request);
        co_await line.origin.read_until("3 end");
        co_await line.origin.send(row.sent_bytes);
        co_await line.origin.flush();
        if (row.how) line.origin.close(*row.how);
        auto head = co_await second->read_head();
        while (head) head = co_await second->read_head();  // interim ones
        EXPECT_EQ(head.error().repeat, row.repeat) << head.error().message;
    });
}

INSTANTIATE_TEST_SUITE_P(
    Ends, A1_KeptConnection,
    testing::Values(KeptEnd{"Fin", "", Repeat::if_idempotent},
                    KeptEnd{"Reset", "", Repeat::if_idempotent, net::CloseMode::reset},
                    KeptEnd{"GoawayThatNamesTheRequest", goaway(3, ErrorCode::no_error), Repeat::if_idempotent},
                    KeptEnd{"GoawayThatDoesNot", goaway(1, ErrorCode::no_error), Repeat::always},
                    KeptEnd{"BehindAnInterimResponse", headers(3, {{":status", "103"}}, flag::end_headers),
                            Repeat::never},
                    KeptEnd{"BrokenProtocol", data(0, "x"), Repeat::never, std::nullopt},
                    KeptEnd{"StreamReset", rst_stream(3, ErrorCode::internal_error), Repeat::never}),
    [](auto const& row) { return std::string(row.param.name); });

struct Unsent {
    std::string_view name;
    std::string sent_bytes;  // by the server, before it is asked
    bool has_left;
    std::string_view message;
};
void PrintTo(Unsent const& row, std::ostream* out) { *out << row.name; }

class UnsentRequest : public testing::TestWithParam<Unsent> {};

TEST_P(UnsentRequest, GetsNoResponseAndWaitsForNone) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const& row = GetParam();
        auto const stream = line.server.ask();
        co_await line.origin.flush();
        co_await line.origin.send(row.sent_bytes);
        if (row.has_left) line.origin.close(net::CloseMode::fin);
        auto const executor = co_await asio::this_coro::executor;
        while (line.server.takes_requests()) co_await asio::post(executor, asio::use_awaitable);
        auto const request = request_to("https://origin.test/");
        auto const sent = co_await stream->send(request);
        EXPECT_EQ(message_of(sent), row.message);
        auto const head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), row.message);
        EXPECT_EQ(head.error().repeat, Repeat::always);
    });
}
INSTANTIATE_TEST_SUITE_P(Rfc9113, UnsentRequest,
                         testing::Values(Unsent{"Left", "", true, "the server origin.test:443 ended the connection"},
                                         Unsent{
                                             "Goaway", goaway(0, ErrorCode::no_error), false,
                                             "the server origin.test:443 takes no more requests on this connection"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Server, GivesTheResponseOfAServerThatLeftMeanwhile) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        line.origin.server.session.respond(1, response(204), nullptr);
        co_await line.origin.flush();
        line.origin.close(net::CloseMode::fin);
        auto const head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), "no failure");
    });
}

TEST(Http2Server, GivesUpOnAServerThatIsSilent) {
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        auto const head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), "the server origin.test:443 was silent for too long");
        EXPECT_EQ(head.error().status, 504U);
    };
    with_line(conversation, {}, std::chrono::milliseconds(50));
}

/// The stream was silent before that, and might have been asked again.
TEST(Http2Server, ReportsWhenTheConnectionWasGivenUpForItsSilence) {
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        auto head = co_await stream->read_head();
        for (int again = 0; again < 20 && head.error().code == Errc::timed_out; ++again)
            head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), "the server origin.test:443 was silent for too long");
        EXPECT_EQ(head.error().code, Errc::closed);
        EXPECT_EQ(head.error().status, 504U);
    };
    with_line(conversation, {}, std::chrono::milliseconds(50));
}

TEST(Http2Server, TakesAResponseThatComesBeforeTheRequestEnds) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/", "POST");
        co_await stream->begin(request);
        co_await line.origin.read_until("1 request");
        line.origin.server.session.respond(1, response(413), nullptr);
        line.origin.server.session.ignore_content(1);
        co_await line.origin.flush();
        auto const head = co_await stream->read_head();
        EXPECT_EQ(head.value().status, 413U);
        auto const body = co_await stream->read_body();
        EXPECT_EQ(body.value(), "");
    });
}

TEST(Http2Server, ResetsARequestThatNobodyWantsAnyMore) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        stream.reset();
        co_await line.origin.read_until("1 closed CANCEL by client");
        EXPECT_TRUE(line.server.takes_requests());
    });
}

TEST(Http2Server, SendsACloseWhenItIsClosed) {
    with_line([](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        co_await line.server.wait_for_settings();
        co_await line.server.close();
        EXPECT_TRUE(line.server.has_ended());
        EXPECT_EQ(line.server.room(), 0U);
        co_await line.origin.run();
        EXPECT_FALSE(line.origin.server.session.failure().has_value());
        EXPECT_TRUE(line.origin.server.session.is_over());
    });
}

}  // namespace
}  // namespace pathology::proxycore::layers
