#include "layers/race_with_disconnect.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/cancellation.hpp>
#include <pathology/proxycore/async/outcome.hpp>
#include <pathology/proxycore/async/race.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "async/child.hpp"

namespace pathology::proxycore::layers {
namespace {

/// Runs `work` as `child`. Cancellation of the caller is passed on.
asio::awaitable<async::Outcome<void>> run_as(async::Child& child, asio::awaitable<void> work) {
    auto const state = co_await asio::this_coro::cancellation_state;
    auto const pass_on = [&child] { child.cancel(); };
    async::on_cancel(state.slot(), pass_on);
    auto outcome = co_await async::outcome_of(child.run(std::move(work)));
    async::forget_cancel(state.slot());
    co_return outcome;
}

}  // namespace

AbortCallback::AbortCallback(ClientStream& client, std::function<void()> then) : client_(client) {
    is_supported_ = client_.set_abort_handler([this, then = std::move(then)] {
        has_aborted_ = true;
        then();
    });
}

Failure client_disconnected(net::error_code ec) {
    return {Errc::closed, "the client disconnected: " + net::describe(ec)};
}

asio::awaitable<Failure> wait_for_client_end(net::Stream& client) {
    auto const ec = co_await client.wait_for_end();
    co_return client_disconnected(ec);
}

asio::awaitable<Failure> wait_for_client_loss(net::Stream& client) {
    auto const ec = co_await client.wait_for_end();
    // A half-closed client still reads what it requested. Only the cancellation by the race ends this wait.
    if (ec == asio::error::eof) co_await async::pause(std::nullopt);
    co_return client_disconnected(ec);
}

asio::awaitable<std::optional<Failure>> race_with_disconnect(asio::awaitable<void> work,
                                                             asio::awaitable<Failure> disconnect) {
    auto first = co_await async::race(std::move(work), std::move(disconnect));
    if (first.index() == 0) co_return std::nullopt;
    co_return std::get<1>(std::move(first));
}

asio::awaitable<std::optional<Failure>> race_with_disconnect(asio::awaitable<void> work, ClientStream& client,
                                                             std::chrono::milliseconds grace) {
    //     work runs as `child` ──┬─▶ ends ───────────────────────▶ its result, or its exception
    //                            ├─▶ the client aborts ─▶ cancel ─▶ ends ─▶ the failure of the client
    //                            └─▶ the caller is cancelled ─▶ cancel ─▶ ends ─▶ operation_aborted, thrown by get()
    async::Child child(co_await asio::this_coro::executor);
    AbortCallback const abort(client, [&child] { child.cancel(); });
    if (!abort.is_supported()) co_return co_await race_with_disconnect(std::move(work), client.wait_for_abort(grace));
    async::Outcome<void> outcome;
    if (!abort.has_aborted()) outcome = co_await run_as(child, std::move(work));
    // An exception that is no cancellation is a fault of the work and is not replaced by the disconnect.
    bool const is_failure = outcome.has_thrown() && !async::is_cancellation(outcome.thrown());
    if (abort.has_aborted() && !is_failure) co_return co_await client.wait_for_abort(grace);
    outcome.get();
    co_return std::nullopt;
}

}  // namespace pathology::proxycore::layers
