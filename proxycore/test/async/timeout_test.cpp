
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <stdexcept>

#include <pathology/proxycore/async/timeout.hpp>

#include "support/play.hpp"

namespace pathology::proxycore::async {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using namespace std::chrono_literals;
using test::play;

asio::awaitable<int> seven_after(TimeLimit length) {
    co_await pause(length);
    co_return 7;
}

asio::awaitable<int> failing() {
    co_await pause(0ms);
    throw std::runtime_error("at work");
}

TEST(Pause, LastsAtLeastItsLength) {
    play([]() -> asio::awaitable<void> {
        auto const before = std::chrono::steady_clock::now();
        EXPECT_FALSE(co_await pause(10ms));
        EXPECT_GE(std::chrono::steady_clock::now() - before, 10ms);
    });
}

struct EndlessCase {
    std::string_view name;
    TimeLimit length;
};
class EndlessPause : public testing::TestWithParam<EndlessCase> {};

TEST_P(EndlessPause, EndsByCancellation) {
    asio::io_context context;
    asio::cancellation_signal signal;
    error_code ended_with;
    auto const outcome = [&](std::exception_ptr, error_code ec) { ended_with = ec; };
    asio::co_spawn(context, pause(GetParam().length), asio::bind_cancellation_slot(signal.slot(), outcome));
    context.poll();
    EXPECT_FALSE(ended_with);
    signal.emit(asio::cancellation_type::terminal);
    context.run_for(test::patience);
    EXPECT_EQ(ended_with, asio::error::operation_aborted);
}

INSTANTIATE_TEST_SUITE_P(Lengths, EndlessPause,
                         testing::Values(EndlessCase{"ForEver", std::nullopt},
                                         EndlessCase{"LongerThanTheClock", Duration::max()}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Within, GivesWhatTheWorkReturns) {
    play([]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await with_timeout(10s, seven_after(0ms)), 7);
        EXPECT_EQ(co_await with_timeout(std::nullopt, seven_after(0ms)), 7);
    });
}

TEST(Within, CancelsWorkThatIsTooLate) {
    play([]() -> asio::awaitable<void> {
        auto const outcome = co_await with_timeout(5ms, seven_after(std::nullopt));
        EXPECT_FALSE(outcome);
    });
}

TEST(Within, LetsOutAtOnceWhatTheWorkThrows) {
    EXPECT_THROW(play([]() -> asio::awaitable<void> { co_await with_timeout(10min, failing()); }), std::runtime_error);
}

}  // namespace
}  // namespace pathology::proxycore::async
