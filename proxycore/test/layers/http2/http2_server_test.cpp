// What exchanges get from servers of HTTP/2: streams of one connection, answers in order, and what may be sent again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>

#include "layers/http2/http2_bench.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using http2::ErrorCode;
using http2::SettingId;
using test::Origin;
using testing::HasSubstr;
using testing::StartsWith;
namespace flag = http2::flag;

/// A connection to an origin, and what a conversation over it needs.
struct Line {
    explicit Line(asio::any_io_executor const& executor, http2::ServerSettings const& settings = {},
                  net::TimeLimit limit = std::chrono::seconds(10), std::size_t capacity = 65536)
        : Line(net::make_memory_pipe(executor, {capacity, 65536, "proxy", "origin"}), settings, limit) {}
    Line(net::MemoryPipe pipe, http2::ServerSettings const& settings, net::TimeLimit limit)
        : origin(std::move(pipe.far), settings),
          server(std::move(pipe.near), "origin.test:443", limit, HttpSettings(), [this] { ++changes; }) {
        origin.server.answers = false;
    }

    Origin origin;
    int changes = 0;
    Http2Server server;
};

flow::Request request_to(std::string_view url, std::string_view method = "GET", http::Fields const& fields = {}) {
    auto request = flow::Request::make(method, url, "", fields).value();
    request.headers.remove("content-length");
    return request;
}

http::ResponseHead answer(unsigned status, http::Fields fields = {}) {
    http::ResponseHead head{.version = {2, 0}, .status = status};
    head.fields = std::move(fields);
    return head;
}

/// Runs `conversation(line)`.
template <class Conversation>
void with_line(Conversation const& conversation, http2::ServerSettings settings = {},
               net::TimeLimit limit = std::chrono::seconds(10)) {
    auto const work = [&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        Line line(executor, settings, limit);
        co_await conversation(line);
        co_await line.server.close();
    };
    proxycore::test::play(work);
}

template <class T> std::string message_of(Result<T> const& result) {
    return result.has_error() ? result.error().message : "no failure";
}

// --- requests and answers --------------------------------------------------------------------------------------------

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
TEST(Http2Server, P12_TakesNoBodyWhoseCodingItIsNotTold) {
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

TEST(Http2Server, GivesAnAnswerInTheOrderOfItsParts) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        TextContent content("hello");
        content.after = {{"x-t", "9"}};
        line.origin.server.session.inform(1, answer(103, {{"link", "a"}}));
        line.origin.server.session.respond(1, answer(200, {{"content-length", "5"}}), &content);
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
        line.origin.server.session.respond(1, answer(GetParam().status, {{"content-length", "5"}}),
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
    http2::ServerSettings settings;
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

TEST(Http2Server, HoldsAServerBackWhoseAnswerNobodyReads) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        std::size_t const size = 3U << 20U;
        TextContent content(std::string(size, 'y'));
        line.origin.server.session.respond(1, answer(200), &content);
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
        line.origin.leave(net::HowToClose::fin);
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
        line.origin.server.session.respond(3, answer(200), &content);
        co_await line.origin.flush();
        auto const head = co_await second->read_head();
        EXPECT_EQ(head.value().status, 200U);
        auto const piece = co_await second->read_body();
        EXPECT_EQ(piece.value(), "two");
    });
}

TEST(Http2Server, HasRoomForAsManyAsTheServerAllows) {
    http2::ServerSettings settings;
    settings.max_streams = 1;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        bool const is_known = co_await line.server.wait_for_settings();
        EXPECT_TRUE(is_known);
        EXPECT_TRUE(line.server.has_room());
        auto stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        EXPECT_FALSE(line.server.has_room());
        EXPECT_TRUE(line.server.takes_requests());
        co_await line.origin.read_until("1 end");
        auto const changes_before = line.changes;
        line.origin.server.session.respond(1, answer(204), nullptr);
        co_await line.origin.flush();
        co_await stream->read_head();
        EXPECT_TRUE(line.server.has_room());
        EXPECT_GT(line.changes, changes_before);
    };
    with_line(conversation, settings);
}

// --- failures --------------------------------------------------------------------------------------------------------

struct Breach {
    std::string_view name;
    std::string said;  // by the server, to a request on stream 1
    std::string_view message;
    Failure::Kind kind = Failure::Kind::closed;
    bool is_retryable = false;
};
void PrintTo(Breach const& row, std::ostream* out) { *out << row.name; }

class BrokenAnswer : public testing::TestWithParam<Breach> {};

TEST_P(BrokenAnswer, FailsTheRequest) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const& row = GetParam();
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        co_await line.origin.say(row.said);
        auto const head = co_await stream->read_head();
        Failure failure = head.has_error() ? head.error() : Failure();
        if (head.has_value()) {
            auto const piece = co_await stream->read_body();
            if (piece.has_error()) failure = piece.error();
        }
        EXPECT_THAT(failure.message, StartsWith(std::string(row.message)));
        EXPECT_EQ(failure.kind, row.kind);
        EXPECT_EQ(failure.is_retryable, row.is_retryable);
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
    Rfc9113, BrokenAnswer,
    testing::Values(
        Breach{"Reset", rst_stream(1, ErrorCode::internal_error),
               "the server origin.test:443 reset the stream: INTERNAL_ERROR"},
        Breach{"Refused", rst_stream(1, ErrorCode::refused_stream),
               "the server origin.test:443 reset the stream: REFUSED_STREAM", Failure::Kind::closed, true},
        Breach{"Goaway", goaway(0, ErrorCode::no_error),
               "the server origin.test:443 did not take the request: GOAWAY: last stream 0, NO_ERROR",
               Failure::Kind::closed, true},
        Breach{"ContentOfAnotherLength", ok_with_length("5") + data(1, "", flag::end_stream),
               "the answer of the server origin.test:443 is broken: content-length is \"5\", and 0 bytes came",
               Failure::Kind::malformed},
        Breach{"BrokenField", headers(1, {{":status", "200"}, {"Upper", "1"}}, flag::end_headers),
               "the answer of the server origin.test:443 is broken: Invalid HTTP header field",
               Failure::Kind::malformed},
        Breach{"BrokenProtocol", data(0, "x"),
               "the server origin.test:443 broke the rules of HTTP/2: DATA: stream_id == 0", Failure::Kind::malformed}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Server, FailsWhenTheServerLeaves) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        co_await line.origin.flush();
        line.origin.leave(net::HowToClose::fin);
        auto const head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), "the server origin.test:443 ended the connection");
        EXPECT_FALSE(head.error().is_retryable);
        EXPECT_TRUE(line.server.has_ended());
        auto const next = line.server.ask();
        auto const sent = co_await next->send(request);
        EXPECT_TRUE(sent.error().is_retryable);
    });
}

TEST(Http2Server, GivesTheAnswerOfAServerThatLeftMeanwhile) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/");
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        line.origin.server.session.respond(1, answer(204), nullptr);
        co_await line.origin.flush();
        line.origin.leave(net::HowToClose::fin);
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
        EXPECT_EQ(head.error().kind, Failure::Kind::timed_out);
        EXPECT_EQ(head.error().status, 504U);
    };
    with_line(conversation, {}, std::chrono::milliseconds(50));
}

TEST(Http2Server, TakesAnAnswerThatComesBeforeTheRequestEnds) {
    with_line([](Line& line) -> asio::awaitable<void> {
        auto const stream = line.server.ask();
        auto const request = request_to("https://origin.test/", "POST");
        co_await stream->begin(request);
        co_await line.origin.read_until("1 request");
        line.origin.server.session.respond(1, answer(413), nullptr);
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

TEST(Http2Server, SaysGoodbyeWhenItIsClosed) {
    with_line([](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        co_await line.server.wait_for_settings();
        co_await line.server.close();
        EXPECT_TRUE(line.server.has_ended());
        EXPECT_FALSE(line.server.has_room());
        co_await line.origin.run();
        EXPECT_FALSE(line.origin.server.session.failure().has_value());
        EXPECT_TRUE(line.origin.server.session.is_over());
    });
}

// --- WebSockets ------------------------------------------------------------------------------------------------------

flow::Request websocket_request() {
    return request_to("https://origin.test/chat", "GET",
                      {{"Connection", "Upgrade"},
                       {"Upgrade", "websocket"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Version", "13"}});
}

TEST(Http2Server, OpensAWebSocketByExtendedConnect) {
    http2::ServerSettings settings;
    settings.extended_connect = true;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto const request = websocket_request();
        auto const sent = co_await stream->send(request);
        EXPECT_TRUE(sent.has_value()) << message_of(sent);
        co_await line.origin.read_until("request");
        EXPECT_EQ(line.origin.server.log, "1 request CONNECT /chat origin.test sec-websocket-version=13\n");
        TextContent back("polo", false);
        line.origin.server.session.respond(1, answer(200), &back);
        co_await line.origin.flush();
        auto const head = co_await stream->read_head();
        EXPECT_TRUE(websocket::check_answer(head.value(), "dGhlIHNhbXBsZSBub25jZQ==").has_value());
        auto const tunnel = stream->take_over();
        std::array<char, 16> bytes{};
        auto const [ec, n] = co_await tunnel->read_some(asio::buffer(bytes));
        EXPECT_EQ(std::string_view(bytes.data(), n), "polo");
        auto const failed = co_await net::send(*tunnel, "marco");
        EXPECT_FALSE(failed);
        co_await line.origin.read_until("1 data 'marco'");
        tunnel->close(net::HowToClose::half_close);
        co_await line.origin.read_until("1 end");
        back.add("", true);
        line.origin.server.session.resume(1);
        co_await line.origin.flush();
        auto const end = co_await tunnel->read_some(asio::buffer(bytes));
        EXPECT_TRUE(end.is_end());
    };
    with_line(conversation, settings);
}

TEST(Http2Server, SendsNoFramingOfABodyWithAnExtendedConnect) {
    http2::ServerSettings settings;
    settings.extended_connect = true;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto request = websocket_request();
        request.headers.add("Content-Length", "0");
        request.raw_content.emplace();
        co_await stream->send(request);
        co_await line.origin.read_until("request");
        EXPECT_EQ(line.origin.server.log, "1 request CONNECT /chat origin.test sec-websocket-version=13\n");
    };
    with_line(conversation, settings);
}

struct NoUpgrade {
    std::string_view name, method, content, log;
};
void PrintTo(NoUpgrade const& row, std::ostream* out) { *out << row.name; }

class P16_NoWebSocket : public testing::TestWithParam<NoUpgrade> {};

/// RFC 6455 §4.1 item 2: an opening handshake is a GET.
TEST_P(P16_NoWebSocket, GoesOnAsAPlainRequest) {
    http2::ServerSettings settings;
    settings.extended_connect = true;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto request = websocket_request();
        request.raw_method = GetParam().method;
        request.raw_content = GetParam().content;
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        EXPECT_THAT(line.origin.server.log, StartsWith(std::string(GetParam().log)));
    };
    with_line(conversation, settings);
}
INSTANTIATE_TEST_SUITE_P(Rows, P16_NoWebSocket,
                         testing::Values(NoUpgrade{"Post", "POST", "", "1 request POST /chat"},
                                         NoUpgrade{"WithContent", "GET", "x", "1 request GET /chat"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Server, SaysThatAServerTakesNoWebSockets) {
    with_line([](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto const request = websocket_request();
        auto const sent = co_await stream->send(request);
        EXPECT_EQ(message_of(sent), "the server origin.test:443 takes no WebSockets over HTTP/2");
    });
}

}  // namespace
}  // namespace pathology::proxycore::layers
