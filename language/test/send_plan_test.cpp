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

/// A performance at one end of a pipe in memory, and what comes out at the other.
class Perform : public testing::Test {
protected:
    void start(Plan performed_plan, std::size_t block = Player::default_block) {
        plan = std::move(performed_plan);
        player = Player(block);
        player.start(plan, 1);
        auto const ended = [this](std::exception_ptr) { has_ended = true; };
        asio::co_spawn(context, play(), asio::bind_cancellation_slot(stop.slot(), ended));
    }

    asio::awaitable<void> play() {
        auto how = co_await send_plan(*pipe.near, player, kept);
        if (!how.disconnected) pipe.near->close(net::CloseMode::half_close);
        performance = std::move(how);
    }

    void read_everything() {
        asio::co_spawn(context, collect(), [](std::exception_ptr) {});
        context.run_for(20s);
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
    CapturedBytes recording{.limit = 10, .bytes = {}};
    CapturedBytes* kept = &recording;
    std::optional<SendResult> performance;
    bool has_ended = false;
    std::string received;
    net::error_code ended_with;
};

TEST_F(Perform, WritesTheWholePlan) {
    start(test::plan(test::response("200:b@100k:h'a'=@3")), 777);
    read_everything();
    ASSERT_TRUE(performance.has_value());
    EXPECT_EQ(received, test::play(plan, 1).bytes);
    EXPECT_EQ(performance->bytes_written, plan.length);
    EXPECT_FALSE(performance->failed());
    EXPECT_FALSE(performance->disconnected);
}

TEST_F(Perform, SendsLargeValuesInLargeBlocksWithoutLosingTheirPlace) {
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
        EXPECT_EQ(performance->bytes_written, expected.bytes.size());
        EXPECT_EQ(performance->disconnected, expected.disconnected);
    }
}

TEST_F(Perform, ClosesInOrderWhenThePlanSaysSo) {
    start(test::plan(test::response("200:b'abc':d5")));
    read_everything();
    ASSERT_TRUE(performance.has_value());
    EXPECT_TRUE(performance->disconnected);
    EXPECT_EQ(received, "HTTP/");
    EXPECT_EQ(ended_with, asio::error::eof);
}

TEST_F(Perform, RecordsTheFirstBytes) {
    start(test::plan(test::response("200:b'abc'")));
    read_everything();
    EXPECT_EQ(recording.bytes, "HTTP/1.1 2");
}

TEST_F(Perform, PausesAndGoesOn) {
    start(test::plan(test::response("200:r:p3,0:p5,0:b'abc'")), 2);
    read_everything();
    EXPECT_EQ(received, "HTTP/1.1 200 OK\r\n\r\nabc");
}

TEST_F(Perform, EndsAPauseForEverWhenCancelled) {
    start(test::plan(test::response("200:p9,f")));
    context.poll();
    EXPECT_FALSE(has_ended);
    stop.emit(asio::cancellation_type::terminal);
    context.run_for(20s);
    EXPECT_TRUE(has_ended);
    EXPECT_FALSE(player.at_end()) << "the rest of the message was not sent";
}

TEST_F(Perform, EndsAPauseForEverWhenThePeerEndsItsSide) {
    start(test::plan(test::response("200:p9,f")));
    context.poll();
    EXPECT_FALSE(has_ended);
    pipe.far->close(net::CloseMode::half_close);
    context.run_for(20s);
    ASSERT_TRUE(performance.has_value());
    EXPECT_EQ(performance->connection, asio::error::eof);
    EXPECT_EQ(performance->bytes_written, 9U);
}

TEST_F(Perform, WaitsOutAPauseForAPeerThatMayStillListen) {
    pipe.far->close(net::CloseMode::half_close);
    start(test::plan(test::response("200:r:p9,1:b'abc'")));
    read_everything();
    EXPECT_EQ(received, "HTTP/1.1 200 OK\r\n\r\nabc");
}

TEST_F(Perform, EndsAnyPauseWhenTheConnectionBreaks) {
    start(test::plan(test::response("200:p9,1000000000")));
    context.poll();
    pipe.far->close(net::CloseMode::reset);
    context.run_for(20s);
    ASSERT_TRUE(performance.has_value());
    EXPECT_EQ(performance->connection, asio::error::connection_reset);
}

TEST_F(Perform, LeavesWhatArrivesInAPauseToBeRead) {
    start(test::plan(test::response("200:p9,f")));
    asio::co_spawn(context, net::send(*pipe.far, "pipelined"), [](std::exception_ptr, net::error_code) {});
    context.poll();
    EXPECT_FALSE(has_ended);
    pipe.far->close(net::CloseMode::half_close);
    context.run_for(20s);
    std::array<char, 20> block{};
    std::size_t size = 0;
    asio::co_spawn(context, pipe.near->read_some(asio::buffer(block)),
                   [&](std::exception_ptr, net::ReadResult read) { size = read.n; });
    context.restart();
    context.run_for(20s);
    EXPECT_EQ(std::string_view(block.data(), size), "pipelined");
}

TEST_F(Perform, TellsWhyTheConnectionEndedIt) {
    pipe.far->close(net::CloseMode::reset);
    start(test::plan(test::response("200:b@1m")));
    context.run_for(20s);
    ASSERT_TRUE(performance.has_value());
    EXPECT_TRUE(performance->connection.failed());
    EXPECT_TRUE(performance->failed());
    EXPECT_LT(performance->bytes_written, 1U << 20U);
}

TEST_F(Perform, TellsThatAFileBecameShorter) {
    pathology::test::Folder const folder;
    folder.write("file", std::string(100, 'x'));
    Settings settings;
    settings.files = FileAccess::below(folder.path());
    start(test::plan(test::response("200:b<file"), settings));
    std::filesystem::resize_file(folder.path() / "file", 10);
    context.run_for(20s);
    ASSERT_TRUE(performance.has_value());
    ASSERT_TRUE(performance->spec.has_value());
    EXPECT_EQ(performance->spec->code, SpecErrc::file_access);
}

TEST(CapturedBytes, KeepsNoMoreThanItsLimit) {
    CapturedBytes recording{.limit = 5, .bytes = {}};
    for (int i = 0; i < 3; ++i) recording.append(std::string_view("abc"));
    EXPECT_EQ(recording.bytes, "abcab");
}

}  // namespace
}  // namespace pathology::language
