#include <pathology/language/send_plan.hpp>

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "support/folder.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using namespace std::chrono_literals;

/// Sends a plan at one end of a pipe in memory and collects what arrives at the other.
class SendPlan : public testing::Test {
protected:
    void start(Plan sent_plan, std::size_t block = Player::default_block) {
        plan = std::move(sent_plan);
        player = Player(block);
        player.start(plan, 1);
        auto const ended = [this](std::exception_ptr) { has_ended = true; };
        asio::co_spawn(context, play(), asio::bind_cancellation_slot(stop.slot(), ended));
    }

    asio::awaitable<void> play() {
        auto how = co_await send_plan(*pipe.near, player, kept, limit);
        if (!how.ending) pipe.near->close(net::CloseMode::half_close);
        result = std::move(how);
    }

    void read_everything() {
        asio::co_spawn(context, collect(), [](std::exception_ptr) {});
        context.run_for(20s);
    }

    std::string read_at_near() {
        std::array<char, 20> block{};
        std::size_t size = 0;
        asio::co_spawn(context, pipe.near->read_some(asio::buffer(block)),
                       [&](std::exception_ptr, net::ReadResult read) { size = read.n; });
        context.restart();
        context.run_for(20s);
        return {block.data(), size};
    }

    asio::awaitable<void> collect() {
        std::array<char, 1000> buffer{};
        for (;;) {
            auto const read = co_await pipe.far->read_some(asio::buffer(buffer));
            ended_with = read.ec;
            if (read.ec) co_return;
            received.append(buffer.data(), read.n);
        }
    }

    asio::io_context context;
    net::MemoryPipe pipe = net::make_memory_pipe(context.get_executor(), {.capacity = 4096});
    asio::cancellation_signal stop;
    Plan plan;
    Player player;
    CapturedBytes captured{.limit = 10, .bytes = {}};
    CapturedBytes* kept = &captured;
    net::TimeLimit limit;
    std::optional<SendResult> result;
    bool has_ended = false;
    std::string received;
    net::error_code ended_with;
};

TEST_F(SendPlan, WritesTheWholePlan) {
    start(test::plan(test::response("200:b@100k:h'a'=@3")), 777);
    read_everything();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(received, test::play(plan, 1).bytes);
    EXPECT_EQ(result->bytes_written, plan.length);
    EXPECT_FALSE(result->failed());
    EXPECT_FALSE(result->ending);
}

TEST_F(SendPlan, SendsLargeValuesInLargeBlocksWithoutLosingTheirPlace) {
    auto const specs = {"200:b@3m", "200:b@1m:i600000,'x':h'a'=@700k,digits", "200:b@1m:d900000"};
    for (auto const* spec : specs) {
        SCOPED_TRACE(spec);
        pipe = net::make_memory_pipe(context.get_executor(), {.capacity = 100'000});
        received.clear();
        kept = nullptr;
        start(test::plan(test::response(spec)));
        read_everything();
        context.restart();
        auto const expected = test::play(plan, 1);
        EXPECT_TRUE(received == expected.bytes);
        EXPECT_EQ(result->bytes_written, expected.bytes.size());
        EXPECT_EQ(result->ending.has_value(), expected.disconnected);
    }
}

TEST_F(SendPlan, ClosesInOrderWhenThePlanSaysSo) {
    start(test::plan(test::response("200:b'abc':d5")));
    read_everything();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->ending, Ending::fin);
    EXPECT_EQ(received, "HTTP/");
    EXPECT_EQ(ended_with, asio::error::eof);
}

TEST_F(SendPlan, ResetsOnceThePeerHasAllBytes) {
    start(test::plan(test::response("200:b'abc':d5,rst")));
    read_everything();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->ending, Ending::reset);
    EXPECT_EQ(received, "HTTP/");
    EXPECT_EQ(ended_with, asio::error::connection_reset);
}

TEST_F(SendPlan, CutsTheConnection) {
    start(test::plan(test::response("200:b'abc':d5,cut")));
    read_everything();
    EXPECT_EQ(result->ending, Ending::cut);
    EXPECT_EQ(received, "HTTP/");
    EXPECT_EQ(ended_with, asio::error::eof);
}

TEST_F(SendPlan, ReadsOnAfterHalfAClose) {
    start(test::plan(test::response("200:b'abc':d5,half")));
    read_everything();
    EXPECT_EQ(result->ending, Ending::half);
    EXPECT_EQ(ended_with, asio::error::eof);
    asio::co_spawn(context, net::send(*pipe.far, "late"), [](std::exception_ptr, net::error_code) {});
    EXPECT_EQ(read_at_near(), "late");
}

TEST_F(SendPlan, HoldsTheConnectionUntilThePeerEndsIt) {
    start(test::plan(test::response("200:b'abc':d5,hold")));
    context.poll();
    EXPECT_FALSE(has_ended);
    pipe.far->close(net::CloseMode::half_close);
    context.run_for(20s);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->ending, Ending::hold);
    EXPECT_EQ(result->bytes_written, 5U);
}

TEST_F(SendPlan, EndsAHoldWhenCancelled) {
    start(test::plan(test::response("200:d5,hold")));
    context.poll();
    stop.emit(asio::cancellation_type::terminal);
    context.run_for(20s);
    EXPECT_TRUE(has_ended);
}

TEST_F(SendPlan, EndsAHoldAtTheLimit) {
    limit = 20ms;
    start(test::plan(test::response("200:d5,hold")));
    read_everything();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(received, "HTTP/");
    EXPECT_EQ(result->ending, Ending::hold);
    EXPECT_TRUE(result->is_overdue);
    EXPECT_EQ(result->connection, net::Errc::timed_out);
}

TEST_F(SendPlan, EndsAPauseForEverAtTheLimit) {
    limit = 20ms;
    start(test::plan(test::response("200:p5,f")));
    read_everything();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(received, "HTTP/");
    EXPECT_TRUE(result->is_overdue);
    EXPECT_EQ(result->bytes_written, 5);
}

TEST_F(SendPlan, TheLimitLeavesOtherPausesAlone) {
    limit = 1ms;
    start(test::plan(test::response("200:r:p5,100ms")));
    read_everything();
    ASSERT_TRUE(result.has_value());
    EXPECT_FALSE(result->is_overdue);
    EXPECT_EQ(received, "HTTP/1.1 200 OK\r\n\r\n");
}

TEST_F(SendPlan, RecordsTheFirstBytes) {
    start(test::plan(test::response("200:b'abc'")));
    read_everything();
    EXPECT_EQ(captured.bytes, "HTTP/1.1 2");
}

TEST_F(SendPlan, PausesAndGoesOn) {
    start(test::plan(test::response("200:r:p3,0:p5,0:b'abc'")), 2);
    read_everything();
    EXPECT_EQ(received, "HTTP/1.1 200 OK\r\n\r\nabc");
}

TEST_F(SendPlan, EndsAPauseForEverWhenCancelled) {
    start(test::plan(test::response("200:p9,f")));
    context.poll();
    EXPECT_FALSE(has_ended);
    stop.emit(asio::cancellation_type::terminal);
    context.run_for(20s);
    EXPECT_TRUE(has_ended);
    EXPECT_FALSE(player.at_end()) << "the rest of the message was not sent";
}

TEST_F(SendPlan, EndsAPauseForEverWhenThePeerEndsItsSide) {
    start(test::plan(test::response("200:p9,f")));
    context.poll();
    EXPECT_FALSE(has_ended);
    pipe.far->close(net::CloseMode::half_close);
    context.run_for(20s);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->connection, asio::error::eof);
    EXPECT_EQ(result->bytes_written, 9U);
}

TEST_F(SendPlan, WaitsOutAPauseForAPeerThatMayStillListen) {
    pipe.far->close(net::CloseMode::half_close);
    start(test::plan(test::response("200:r:p9,1:b'abc'")));
    read_everything();
    EXPECT_EQ(received, "HTTP/1.1 200 OK\r\n\r\nabc");
}

TEST_F(SendPlan, EndsAnyPauseWhenTheConnectionBreaks) {
    start(test::plan(test::response("200:p9,1000000000")));
    context.poll();
    pipe.far->close(net::CloseMode::reset);
    context.run_for(20s);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->connection, asio::error::connection_reset);
}

TEST_F(SendPlan, LeavesWhatArrivesInAPauseToBeRead) {
    start(test::plan(test::response("200:p9,f")));
    asio::co_spawn(context, net::send(*pipe.far, "pipelined"), [](std::exception_ptr, net::error_code) {});
    context.poll();
    EXPECT_FALSE(has_ended);
    pipe.far->close(net::CloseMode::half_close);
    context.run_for(20s);
    EXPECT_EQ(read_at_near(), "pipelined");
}

TEST_F(SendPlan, ReportsTheErrorOfTheConnection) {
    pipe.far->close(net::CloseMode::reset);
    start(test::plan(test::response("200:b@1m")));
    context.run_for(20s);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(result->connection.failed());
    EXPECT_TRUE(result->failed());
    EXPECT_LT(result->bytes_written, 1U << 20U);
}

TEST_F(SendPlan, ReportsAFileThatBecameShorter) {
    pathology::test::Folder const folder;
    folder.write("file", std::string(100, 'x'));
    Settings settings;
    settings.files = FileAccess::below(folder.path());
    start(test::plan(test::response("200:b<file"), settings));
    std::filesystem::resize_file(folder.path() / "file", 10);
    context.run_for(20s);
    ASSERT_TRUE(result.has_value());
    ASSERT_TRUE(result->spec.has_value());
    EXPECT_EQ(result->spec->code, SpecErrc::file_access);
}

TEST(CapturedBytes, KeepsNoMoreThanItsLimit) {
    CapturedBytes captured{.limit = 5, .bytes = {}};
    for (int i = 0; i < 3; ++i) captured.append(std::string_view("abc"));
    EXPECT_EQ(captured.bytes, "abcab");
}

}  // namespace
}  // namespace pathology::language
