#include "layers/exchange/disconnect_monitor.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

namespace pathology::proxycore::layers {

using namespace std::chrono_literals;
DisconnectMonitor::DisconnectMonitor(asio::any_io_executor const& executor, ClientStream& client,
                                     std::function<void()> on_abort)
    : Timer(async::TimerWheel::of(executor)), client_(client), on_abort_(std::move(on_abort)), looking_(executor) {}

void DisconnectMonitor::begin() { arm(grace); }

asio::awaitable<void> DisconnectMonitor::join() {
    looking_.cancel();
    co_await looking_.join();
}

void DisconnectMonitor::on_expired() { looking_.start(look()); }

asio::awaitable<void> DisconnectMonitor::look() {
    auto failure = co_await client_.wait_for_abort(0ms);
    auto const given_up = co_await asio::this_coro::cancellation_state;
    if (given_up.cancelled() != asio::cancellation_type::none) co_return;
    seen_ = std::move(failure);
    on_abort_();
}

}  // namespace pathology::proxycore::layers
