// A driver between a session and a peer in memory: order, back-pressure, errors, deadlines, cancellation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <pathology/proxycore/http2/driver.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "http2/frames.hpp"
#include "http2/server.hpp"
#include "http2/text_content.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::http2::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

SessionSettings many_acks() {
    SessionSettings settings;
    settings.max_acks = 100'000;
    return settings;
}

/// The owner of a connection that serves "ok", and the peer's end.
class Line final : public Driver::Handler {
public:
    explicit Line(asio::any_io_executor const& executor, std::size_t capacity = 65536)
        : pipe(net::make_memory_pipe(executor, {.capacity = capacity})), driver(*pipe.near, session, *this) {}

    // --- Handler ---
    void on_events() override {
        max_queued = std::max(max_queued, session.queued_frames());
        while (auto const event = session.next()) {
            if (event->type == SessionEvent::Type::end && takes_over) session.take_over(event->stream);
            if (event->type == SessionEvent::Type::end && !takes_over) session.respond(event->stream, head, &content);
        }
    }
    bool on_read_error(net::error_code ec) override {
        read_errors.push_back(ec);
        return ec == net::Errc::timed_out;
    }
    void on_write_error(net::error_code ec) override { write_error = ec; }
    bool is_finished() override {
        bool const has_ended = !read_errors.empty() && read_errors.back() != net::Errc::timed_out;
        return session.is_over() || (has_ended && !session.wants_write());
    }
    void on_writer_end() override {
        has_writer_ended = true;
        driver.close();
    }
    void on_turn(StreamId stream) override {
        turn = stream;
        wake = Driver::Clock::now() + std::chrono::milliseconds(2);
    }
    bool has_frames() const override { return wake && *wake <= Driver::Clock::now(); }
    std::optional<Driver::Clock::time_point> next_deadline() const override { return wake; }
    asio::awaitable<void> write_frames() override {
        wake.reset();
        driver.output() += headers(*turn, "\x88", flag::end_headers | flag::end_stream);
        co_await driver.flush();
        session.finish(*turn);
    }

    // --- the peer ---
    asio::awaitable<void> say(std::string_view bytes) { co_await net::send(*pipe.far, bytes); }
    /// Reads until the frames that came, as lines, have this text.
    asio::awaitable<void> receive(std::string_view text) {
        while (lines(received).find(text) == std::string::npos) {
            char room[4096];
            auto const [ec, n] = co_await pipe.far->read_some(asio::buffer(room));
            if (ec) co_return;
            received.append(room, n);
        }
    }

    net::MemoryPipe pipe;
    std::string head = ok_head(true);
    TextContent content{"ok"};
    Session session{Role::server, many_acks()};
    Driver driver;
    bool takes_over = false, has_writer_ended = false;
    std::size_t max_queued = 0;
    std::vector<net::error_code> read_errors;
    net::error_code write_error;
    std::optional<StreamId> turn;
    std::optional<Driver::Clock::time_point> wake;
    std::string received;
};

/// Runs the driver beside `peer(line)`, which ends the connection.
template <class Peer> void run_with(Peer const& peer, std::size_t capacity = 65536) {
    auto const work = [&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        auto const executor = co_await asio::this_coro::executor;
        Line line(executor, capacity);
        auto both = line.driver.run() && peer(line);
        co_await std::move(both);
    };
    proxycore::test::play(work);
}

TEST(Driver, CarriesARequestAndItsResponse) {
    run_with([](Line& line) -> asio::awaitable<void> {
        auto const request = hello() + get(1);
        co_await line.say(request);
        co_await line.receive("DATA 1 END_STREAM 'ok'\n");
        EXPECT_THAT(lines(line.received), HasSubstr("HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n"));
        line.pipe.far->close(net::CloseMode::fin);
    });
}

TEST(Driver, ReportsThatThePeerEndedAndStillWrites) {
    run_with([](Line& line) -> asio::awaitable<void> {
        auto const request = hello() + get(1);
        co_await line.say(request);
        line.pipe.far->close(net::CloseMode::half_close);
        co_await line.receive("DATA 1 END_STREAM 'ok'\n");
        EXPECT_THAT(lines(line.received), EndsWith("DATA 1 END_STREAM 'ok'\n"));
        EXPECT_EQ(line.read_errors, std::vector<net::error_code>{asio::error::eof});
    });
}

TEST(Driver, GoesOnReadingAfterATimeoutIfItsOwnerWantsTo) {
    run_with([](Line& line) -> asio::awaitable<void> {
        line.pipe.near->set_time_limit(std::chrono::milliseconds(1));
        auto const greeting = hello(), request = get(1);
        co_await line.say(greeting);  // the next read has the limit
        while (line.read_errors.empty()) co_await asio::post(line.pipe.far->executor(), asio::use_awaitable);
        EXPECT_EQ(line.read_errors.front(), net::Errc::timed_out);
        line.pipe.near->set_time_limit(std::nullopt);
        co_await line.say(request);
        co_await line.receive("DATA 1 END_STREAM 'ok'\n");
        line.pipe.far->close(net::CloseMode::fin);
    });
}

TEST(Driver, ReadsNothingMoreFromAPeerThatReadsNothing) {
    constexpr std::size_t pings = 6000;
    auto const peer = [](Line& line) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        std::string sent = hello();
        for (std::size_t i = 0; i < pings; ++i) sent += ping("12345678");
        sent += ping("the last");
        auto const receive_late = [](Line& late) -> asio::awaitable<void> {
            while (late.session.queued_frames() <= Driver::max_queued_frames)
                co_await asio::post(late.pipe.far->executor(), asio::use_awaitable);
            std::string all;
            while (late.received.find("the last") == std::string::npos) {
                char room[4096];
                auto const [ec, n] = co_await late.pipe.far->read_some(asio::buffer(room));
                if (ec) co_return;
                late.received.append(room, n);
            }
        };
        auto both = line.say(sent) && receive_late(line);
        co_await std::move(both);
        EXPECT_THAT(line.received, HasSubstr("the last"));
        EXPECT_LE(line.max_queued, Driver::max_queued_frames + Driver::max_read / ping("12345678").size() + 10);
        line.pipe.far->close(net::CloseMode::fin);
    };
    run_with(peer, 4096);
}

TEST(Driver, TakesContentAtOnceAsFarAsWindowsAllow) {
    run_with([](Line& line) -> asio::awaitable<void> {
        line.content = TextContent("first", false);
        auto const request = hello() + get(1);
        co_await line.say(request);
        co_await line.receive("'first'\n");
        line.content.add("second", true);
        line.session.resume(1);
        line.driver.drain_now();
        EXPECT_EQ(line.content.peek(100)->bytes, "");
        EXPECT_THAT(line.driver.output(), EndsWith("second"));
        co_await line.receive("'second'\n");
        line.pipe.far->close(net::CloseMode::fin);
    });
}

TEST(Driver, LetsItsOwnerWriteFramesAtADeadline) {
    run_with([](Line& line) -> asio::awaitable<void> {
        line.takes_over = true;
        auto const request = hello() + get(1);
        co_await line.say(request);
        co_await line.receive("HEADERS 1 END_STREAM,END_HEADERS\n");
        EXPECT_EQ(line.turn, StreamId{1});
        EXPECT_THAT(lines(line.received), HasSubstr("HEADERS 1 END_STREAM,END_HEADERS\n"));
        line.pipe.far->close(net::CloseMode::fin);
    });
}

TEST(Driver, ReportsThatWritingFailed) {
    auto const peer = [](Line& line) -> asio::awaitable<void> {
        line.content = TextContent(std::string(20'000, 'x'));
        auto const request = hello() + get(1);
        co_await line.say(request);
        co_await line.receive("SETTINGS");
        line.pipe.far->close(net::CloseMode::reset);
        while (!line.has_writer_ended) co_await asio::post(line.pipe.near->executor(), asio::use_awaitable);
        EXPECT_TRUE(line.write_error || !line.read_errors.empty());
        EXPECT_TRUE(line.driver.is_output_closed());
    };
    run_with(peer, 512);
}

TEST(Driver, EndsWhenItIsCancelledAndCanStillClose) {
    auto const work = []() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        Line line(executor);
        asio::cancellation_signal stop;
        std::exception_ptr thrown;
        bool has_ended = false;
        auto const end = [&](std::exception_ptr what) {
            thrown = std::move(what);
            has_ended = true;
        };
        asio::co_spawn(executor, line.driver.run(), asio::bind_cancellation_slot(stop.slot(), end));
        auto const greeting = hello();
        co_await line.say(greeting);
        co_await line.receive("SETTINGS ACK\n");
        stop.emit(asio::cancellation_type::terminal);
        while (!has_ended) co_await asio::post(executor, asio::use_awaitable);
        EXPECT_TRUE(thrown != nullptr);
        EXPECT_FALSE(line.has_writer_ended);
        line.driver.send_goaway_now();
        co_await line.receive("GOAWAY");
        EXPECT_THAT(lines(line.received), EndsWith("GOAWAY 0 NO_ERROR\n"));
    };
    proxycore::test::play(work);
}

}  // namespace
}  // namespace pathology::proxycore::http2::test
