#include <pathology/language/paced_reads.hpp>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <string>
#include <vector>

namespace pathology::language {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using namespace std::chrono_literals;
using Time = Pacer::Clock::time_point;

TEST(ReadPacer, LimitsEachPieceAndPausesBetweenThem) {
    ReadPacer pacer({10, 100ms});
    EXPECT_EQ(pacer.pause(Time(1s)), std::nullopt) << "the first piece has no pause";
    EXPECT_EQ(pacer.limit(64), 10);
    EXPECT_EQ(pacer.limit(3), 3);
    pacer.consume(4);
    EXPECT_EQ(pacer.pause(Time(1s)), std::nullopt);
    EXPECT_EQ(pacer.limit(64), 6);
    pacer.consume(6);
    EXPECT_EQ(pacer.pause(Time(1s)), Time(1100ms));
    EXPECT_EQ(pacer.limit(64), 10);
    pacer.consume(10);
    EXPECT_EQ(pacer.pause(Time(1130ms)), Time(1200ms)) << "reading took 30 ms";
}

TEST(ReadPacer, WithoutARateLimitsNothing) {
    ReadPacer pacer;
    pacer.consume(1000);
    EXPECT_EQ(pacer.pause(), std::nullopt);
    EXPECT_EQ(pacer.limit(1'000'000), 1'000'000);
}

TEST(ReadPacer, WithoutAnIntervalLimitsTheSizeAlone) {
    ReadPacer pacer({1, 0ns});
    pacer.consume(1);
    EXPECT_EQ(pacer.pause(), std::nullopt);
    EXPECT_EQ(pacer.limit(100), 1);
}

/// Reads a stream to its end.
asio::awaitable<void> collect(net::Stream& stream, std::vector<std::string>& pieces) {
    std::array<char, 100> buffer{};
    for (;;) {
        auto const read = co_await stream.read_some(asio::buffer(buffer));
        if (read.ec) co_return;
        pieces.emplace_back(buffer.data(), read.n);
    }
}

asio::awaitable<void> send_and_close(net::Stream& stream, std::string text) {
    co_await net::send(stream, text);
    stream.close(net::CloseMode::half_close);
}

TEST(PacedReads, ReturnsAllBytesInPiecesOverTime) {
    asio::io_context context;
    auto pipe = net::make_memory_pipe(context.get_executor(), {.capacity = 4096});
    auto const paced = read_at({10, 20ms}, std::move(pipe.near));
    std::vector<std::string> pieces;
    auto const started = Pacer::Clock::now();
    asio::co_spawn(context, send_and_close(*pipe.far, std::string(35, 'x')), [](std::exception_ptr) {});
    asio::co_spawn(context, collect(*paced, pieces), [](std::exception_ptr) {});
    context.run_for(20s);
    std::string const ten(10, 'x');
    EXPECT_EQ(pieces, (std::vector<std::string>{ten, ten, ten, "xxxxx"}));
    EXPECT_GE(Pacer::Clock::now() - started, 60ms);
}

TEST(PacedReads, OfFullSpeedIsTheStreamItself) {
    asio::io_context context;
    auto pipe = net::make_memory_pipe(context.get_executor(), {.capacity = 4096});
    auto const* const inner = pipe.near.get();
    EXPECT_EQ(read_at({}, std::move(pipe.near)).get(), inner);
}

}  // namespace
}  // namespace pathology::language
