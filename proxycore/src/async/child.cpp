#include "async/child.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

namespace pathology::proxycore::async {

namespace asio = boost::asio;

struct Child::State {
    asio::cancellation_signal stop;
    std::optional<asio::steady_timer> timer{};
    bool has_expired = false;
};

Child::Child(asio::any_io_executor const& executor) : executor_(executor), state_(std::make_shared<State>()) {}

Child::~Child() {
    if (state_->timer) state_->timer->cancel();
}

void Child::cancel() { state_->stop.emit(asio::cancellation_type::terminal); }

void Child::cancel_after(std::chrono::steady_clock::duration limit) {
    using Clock = std::chrono::steady_clock;
    if (state_->timer) return;
    auto const now = Clock::now();
    auto const end = limit < Clock::time_point::max() - now ? now + limit : Clock::time_point::max();
    state_->timer.emplace(executor_, end);
    state_->timer->async_wait([state = state_](boost::system::error_code ec) {
        if (ec) return;
        state->has_expired = true;
        state->stop.emit(asio::cancellation_type::terminal);
    });
}

bool Child::has_expired() const noexcept { return state_->has_expired; }

asio::awaitable<void> Child::run(asio::awaitable<void> work) {
    auto end = asio::bind_cancellation_slot(state_->stop.slot(), asio::use_awaitable);
    co_await asio::co_spawn(executor_, std::move(work), std::move(end));
}

}  // namespace pathology::proxycore::async
