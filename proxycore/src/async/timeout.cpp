#include <pathology/proxycore/async/timeout.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/outcome.hpp>

#include "async/child.hpp"

namespace pathology::proxycore::async {

namespace asio = boost::asio;

asio::awaitable<boost::system::error_code> pause(TimeLimit length) {
    using Clock = std::chrono::steady_clock;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    auto const now = Clock::now();
    bool const for_ever = !length || *length >= Clock::time_point::max() - now;
    timer.expires_at(for_ever ? Clock::time_point::max() : now + *length);
    auto const [ec] = co_await timer.async_wait(as_values);
    co_return ec;
}

asio::awaitable<bool> with_timeout(TimeLimit limit, asio::awaitable<void> work) {
    if (!limit) {
        co_await std::move(work);
        co_return true;
    }
    Child child(co_await asio::this_coro::executor);
    child.cancel_after(*limit);
    auto const state = co_await asio::this_coro::cancellation_state;
    auto const pass_on = [&child] { child.cancel(); };
    on_cancel(state.slot(), pass_on);
    auto outcome = co_await outcome_of(child.run(std::move(work)));
    forget_cancel(state.slot());
    if (child.has_expired()) co_return false;
    outcome.get();
    co_return true;
}

}  // namespace pathology::proxycore::async
