#include <pathology/proxycore/net/memory_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using test::play;
using test::read_exactly;
using test::read_to_end;

asio::awaitable<MemoryPipe> make_pipe(MemoryPipeOptions options) {
    auto const executor = co_await asio::this_coro::executor;
    co_return make_memory_pipe(executor, std::move(options));
}

MemoryPipeOptions with_capacity(std::size_t capacity) {
    MemoryPipeOptions options;
    options.capacity = capacity;
    return options;
}

TEST(MemoryStream, CarriesBytesBothWays) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        EXPECT_FALSE(co_await send(*pipe.near, "there"));
        EXPECT_FALSE(co_await send(*pipe.far, "back"));
        EXPECT_EQ(co_await read_exactly(*pipe.far, 5), "there");
        EXPECT_EQ(co_await read_exactly(*pipe.near, 4), "back");
    });
}

TEST(MemoryStream, GivesAtMostWhatItWasAskedToPerRead) {
    play([]() -> asio::awaitable<void> {
        MemoryPipeOptions options;
        options.max_per_read = 1;
        auto pipe = co_await make_pipe(options);
        EXPECT_FALSE(co_await send(*pipe.near, "abc"));
        char block[8] = {};
        auto const read = co_await pipe.far->read_some(asio::buffer(block));
        EXPECT_EQ(read.n, 1U);
        EXPECT_EQ(block[0], 'a');
    });
}

TEST(MemoryStream, HoldsTheWriterUntilTheReaderTakes) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(3));
        std::string const text = "longer than the pipe holds";
        auto both = send(*pipe.near, text) && read_exactly(*pipe.far, text.size());
        auto const [ec, received] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_EQ(received, text);
    });
}

TEST(MemoryStream, EndsAfterTheLastByte) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        co_await send(*pipe.near, "last");
        pipe.near->close(CloseMode::fin);
        std::string received;
        EXPECT_EQ(co_await read_to_end(*pipe.far, received), asio::error::eof);
        EXPECT_EQ(received, "last");
        EXPECT_EQ(co_await send(*pipe.far, "too late"), asio::error::broken_pipe);
        EXPECT_EQ(co_await send(*pipe.near, "closed"), Errc::closed);
    });
}

TEST(MemoryStream, HalfCloseLeavesTheOtherWayOpen) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        pipe.near->close(CloseMode::half_close);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*pipe.far, nothing), asio::error::eof);
        EXPECT_FALSE(co_await send(*pipe.far, "still"));
        EXPECT_EQ(co_await read_exactly(*pipe.near, 5), "still");
    });
}

TEST(MemoryStream, ResetTakesWhatWasNotRead) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        co_await send(*pipe.near, "unread");
        pipe.near->close(CloseMode::reset);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*pipe.far, nothing), asio::error::connection_reset);
        EXPECT_EQ(nothing, "");
        EXPECT_EQ(co_await send(*pipe.far, "x"), asio::error::connection_reset);
    });
}

TEST(MemoryStream, WaitsForTheEndAndTakesNothing) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        auto const speak_and_end = [](Stream& stream) -> asio::awaitable<void> {
            co_await send(stream, "last");
            stream.close(CloseMode::half_close);
        };
        auto both = pipe.near->wait_for_end() && speak_and_end(*pipe.far);
        EXPECT_EQ(co_await std::move(both), asio::error::eof);
        EXPECT_EQ(co_await read_exactly(*pipe.near, 4), "last");
        pipe.far->close(CloseMode::reset);
        EXPECT_EQ(co_await pipe.near->wait_for_end(), asio::error::connection_reset);
    });
}

TEST(MemoryStream, WaitsForInputAndTakesNothing) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        auto both = pipe.near->wait_for_input() && send(*pipe.far, "last");
        co_await std::move(both);
        EXPECT_EQ(co_await read_exactly(*pipe.near, 4), "last");
        auto const leave = [](Stream& stream) -> asio::awaitable<void> { co_return stream.close(CloseMode::fin); };
        auto then = pipe.near->wait_for_input() && leave(*pipe.far);
        co_await std::move(then);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*pipe.near, nothing), asio::error::eof);
        EXPECT_EQ(nothing, "");
    });
}

TEST(MemoryStream, DestructionIsAnOrderlyEnd) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(100));
        pipe.near.reset();
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*pipe.far, nothing), asio::error::eof);
    });
}

TEST(MemoryStream, TimeLimitEndsReadsAndWrites) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(2));
        pipe.near->set_time_limit(5ms);
        char block[1];
        auto const read = co_await pipe.near->read_some(asio::buffer(block));
        EXPECT_EQ(read.ec, Errc::timed_out);
        EXPECT_EQ(co_await send(*pipe.near, "too much"), Errc::timed_out);
    });
}

TEST(MemoryStream, CloseEndsAPendingReadOfTheSameEnd) {
    play([]() -> asio::awaitable<void> {
        auto pipe = co_await make_pipe(with_capacity(2));
        auto const close_soon = [](Stream& stream) -> asio::awaitable<void> {
            stream.close(CloseMode::fin);
            co_return;
        };
        std::string nothing;
        auto both = read_to_end(*pipe.near, nothing) && close_soon(*pipe.near);
        EXPECT_EQ(co_await std::move(both), Errc::closed);
    });
}

TEST(MemoryStream, CancellationEndsAPendingRead) {
    asio::io_context context;
    auto pipe = make_memory_pipe(context.get_executor());
    asio::cancellation_signal signal;
    char block[1];
    ReadResult result;
    auto const outcome = [&result](std::exception_ptr, ReadResult read) { result = read; };
    asio::co_spawn(context, pipe.near->read_some(asio::buffer(block)),
                   asio::bind_cancellation_slot(signal.slot(), outcome));
    context.poll();
    signal.emit(asio::cancellation_type::terminal);
    context.run_for(test::patience);
    EXPECT_EQ(result.ec, asio::error::operation_aborted);
}

TEST(MemoryStream, KnowsItsNames) {
    asio::io_context context;
    auto const pipe = make_memory_pipe(context.get_executor());
    EXPECT_EQ(pipe.near->local_endpoint(), (Endpoint{"memory", 1}));
    EXPECT_EQ(pipe.far->local_endpoint(), (Endpoint{"memory", 2}));
    EXPECT_EQ(pipe.far->remote_endpoint(), pipe.near->local_endpoint());
}

}  // namespace
}  // namespace pathology::proxycore::net
