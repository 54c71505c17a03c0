#include <pathology/proxycore/net/prefixed_stream.hpp>

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using test::play;
using test::read_exactly;
using test::read_to_end;

TEST(PutBack, GivesTheBytesBeforeThoseOfTheStream) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_memory_pipe(executor);
        auto const stream = unread(std::move(pipe.near), "early ");
        co_await send(*pipe.far, "late");
        pipe.far->close(CloseMode::fin);
        std::string received;
        EXPECT_EQ(co_await read_to_end(*stream, received), asio::error::eof);
        EXPECT_EQ(received, "early late");
    });
}

TEST(PutBack, GivesNoMoreThanThereIsRoomFor) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_memory_pipe(executor);
        auto const stream = unread(std::move(pipe.near), "early");
        EXPECT_EQ(co_await read_exactly(*stream, 2), "ea");
        EXPECT_EQ(co_await read_exactly(*stream, 3), "rly");
    });
}

TEST(PutBack, WithoutBytesIsTheStreamItself) {
    asio::io_context context;
    auto pipe = make_memory_pipe(context.get_executor());
    auto const* const before = pipe.near.get();
    EXPECT_EQ(unread(std::move(pipe.near), "").get(), before);
}

TEST(PutBack, PassesEverythingElseOn) {
    play([]() -> asio::awaitable<void> {
        MemoryPipeOptions options;
        options.capacity = 4;
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_memory_pipe(executor, options);
        auto const stream = unread(std::move(pipe.near), "early");
        EXPECT_EQ(stream->local_endpoint(), (Endpoint{"memory", 1}));
        EXPECT_EQ(stream->remote_endpoint(), (Endpoint{"memory", 2}));
        EXPECT_EQ(stream->write_now(asio::buffer("word", 4)), 4U);
        stream->set_time_limit(5ms);
        EXPECT_EQ(co_await send(*stream, "more"), Errc::timed_out);
        EXPECT_EQ(co_await read_exactly(*pipe.far, 4), "word");
        stream->close(CloseMode::half_close);
        EXPECT_EQ(co_await read_exactly(*stream, 5), "early");
    });
}

TEST(PutBack, KnowsTheEndBehindItsBytes) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_memory_pipe(executor);
        auto const stream = unread(std::move(pipe.near), "early");
        pipe.far.reset();
        EXPECT_EQ(co_await stream->wait_for_end(), asio::error::eof);
        EXPECT_EQ(co_await read_exactly(*stream, 5), "early");
    });
}

TEST(PutBack, HasInputWhileItHasBytes) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_memory_pipe(executor);
        auto const stream = unread(std::move(pipe.near), "early");
        EXPECT_FALSE(co_await stream->wait_for_input());
        EXPECT_EQ(co_await read_exactly(*stream, 5), "early");
        co_await send(*pipe.far, "late");
        EXPECT_FALSE(co_await stream->wait_for_input());
        EXPECT_EQ(co_await read_exactly(*stream, 4), "late");
    });
}

TEST(PutBack, GivesNothingOnceClosed) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_memory_pipe(executor);
        auto const stream = unread(std::move(pipe.near), "early");
        stream->close(CloseMode::fin);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*stream, nothing), Errc::closed);
        EXPECT_EQ(nothing, "");
    });
}

}  // namespace
}  // namespace pathology::proxycore::net
