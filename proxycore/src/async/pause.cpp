#include <pathology/proxycore/async/pause.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>

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

}  // namespace pathology::proxycore::async
