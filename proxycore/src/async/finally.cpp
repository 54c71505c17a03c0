#include <pathology/proxycore/async/finally.hpp>

#include "async/child.hpp"

namespace pathology::proxycore::async::detail {

namespace asio = boost::asio;

asio::awaitable<void> clean_up(asio::awaitable<void> cleanup, TimeLimit limit, bool is_failure, bool throws) {
    Child child(co_await asio::this_coro::executor);
    auto const begin_limit = [&child, limit] {
        if (limit) child.cancel_after(*limit);
    };
    auto const state = co_await asio::this_coro::cancellation_state;
    if (is_failure || state.cancelled() != asio::cancellation_type::none) begin_limit();
    on_cancel(state.slot(), begin_limit);
    auto outcome = co_await outcome_of(child.run(std::move(cleanup)));
    forget_cancel(state.slot());
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (!child.has_expired()) outcome.get();
}

}  // namespace pathology::proxycore::async::detail
