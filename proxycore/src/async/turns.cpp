#include <pathology/proxycore/async/turns.hpp>

#include <atomic>
#include <boost/asio/post.hpp>
#include <ctime>
#include <pathology/proxycore/async/as_values.hpp>

namespace pathology::proxycore::async {

boost::asio::awaitable<void> TurnTimer::pass() {
    co_await boost::asio::post(as_values);
    restart();
}

namespace {

std::atomic<std::int64_t> longest = 0;

#ifndef NDEBUG
/// CPU time and not the time of day: a thread that the system suspends is not to blame.
std::chrono::nanoseconds cpu_time() {
    std::timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

void record(std::chrono::nanoseconds busy, LongTurn const& on_long) {
    for (auto known = longest.load(); busy.count() > known && !longest.compare_exchange_weak(known, busy.count());) {
    }
    if (busy > max_turn && on_long) on_long(busy);
}
#endif

}  // namespace

void run_turns(boost::asio::io_context& context, [[maybe_unused]] LongTurn const& on_long) {
#ifdef NDEBUG
    context.run();
#else
    // Waiting for events costs hardly any CPU time, so the end of a turn is the beginning of the next.
    for (auto begin = cpu_time(); context.run_one() > 0;) {
        auto const end = cpu_time();
        record(end - begin, on_long);
        begin = end;
    }
#endif
}

std::chrono::nanoseconds longest_turn() noexcept { return std::chrono::nanoseconds(longest.load()); }

void forget_longest_turn() noexcept { longest = 0; }

}  // namespace pathology::proxycore::async
