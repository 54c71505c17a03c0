#include <pathology/proxycore/layers/exchange/exchange.hpp>

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "layers/exchange/error_page.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/run.hpp"

namespace pathology::proxycore::layers {

asio::awaitable<ExchangeEnd> exchange(Context& context, flow::HttpFlow& flow, ClientStream& client) {
    auto const executor = co_await asio::this_coro::executor;
    ExchangeRun run(context, flow, client, executor);
    std::exception_ptr thrown;
    try {
        co_return co_await run.run();
    } catch (...) {
        thrown = std::current_exception();  // settled below, as nothing can be awaited here
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await run.stop();
    std::rethrow_exception(thrown);
}

ExchangeRun::ExchangeRun(Context& context, flow::HttpFlow& flow, ClientStream& client, asio::any_io_executor executor)
    : context_(context),
      flow_(flow),
      client_(client),
      executor_(std::move(executor)),
      watch_(executor_, client, [this] {
          if (server_ != nullptr) server_->abort();
      }) {}

asio::awaitable<ExchangeEnd> ExchangeRun::run() {
    flow_.live = true;
    bool goes_on = co_await take_request();
    if (goes_on && !flow_.response) goes_on = co_await ask_server();
    if (goes_on) goes_on = co_await answer();
    co_await wind_up();
    end_.is_whole = goes_on && !client_is_gone_ && !is_cut_ && !flow_.error;
    if (end_.upgraded == nullptr) flow_.live = false;
    co_return std::move(end_);
}

/// What goes on beside the answer may outlast it: then the rest of the request is passed on, or not any more.
asio::awaitable<void> ExchangeRun::wind_up() {
    watch_.end();
    if (watch_.is_looking()) co_await watch_.join();
    if (!upload_) co_return;
    // A server that has answered and takes no more would keep the client waiting for nothing.
    if (!streams_request_) co_return co_await let_go_of_server();
    co_await end_upload();
    bool const is_unread = upload_->server_failure && !flow_.error && deeper_cause() == nullptr;
    if (is_unread) co_await discard_rest();
    if (auto const* const cause = deeper_cause(); cause != nullptr && !flow_.error)
        flow_.error = flow::Error{cause->message, context_.now()};
}

/// A server that has answered may want the rest of a request, though not without end.
asio::awaitable<void> ExchangeRun::end_upload() {
    if (!upload_->work.is_running()) co_return co_await upload_->work.join();
    upload_->rest = most_of_rest;
    auto joining = upload_->work.join();
    bool const has_ended = co_await async::with_timeout(context_.settings->times.stop, std::move(joining));
    if (has_ended) co_return;
    is_cut_ = true;
    co_await let_go_of_server();
}

asio::awaitable<void> ExchangeRun::stop() {
    watch_.end();
    co_await watch_.join();
    if (upload_) {
        upload_->work.cancel();
        try {
            co_await upload_->work.join();
        } catch (...) {  // the exception that came first is the one to tell of
        }
    }
    if (server_ != nullptr) server_->abort();
    client_.abort();
    if (!is_concluded_) {
        if (!flow_.error) flow_.error = flow::Error{"the exchange was stopped", context_.now()};
        auto hook = conclude_with_error();
        co_await async::with_timeout(context_.settings->times.stop, std::move(hook));
    }
    flow_.live = false;
}

// --- hooks and errors ------------------------------------------------------------------------------------------------

asio::awaitable<void> ExchangeRun::call(FlowHook const& point) {
    if (!wants(point.hook)) co_return;
    if (!upload_) co_return co_await context_.services.addons.run(point, flow_);
    auto const lock = co_await upload_->turns.lock();
    co_await context_.services.addons.run(point, flow_);
}

asio::awaitable<bool> ExchangeRun::run_hook(FlowHook const& point) {
    co_await call(point);
    if (!is_killed(flow_)) co_return true;
    Failure killed{Failure::Kind::cancelled, std::string(flow::killed_message)};
    co_return co_await fail(std::move(killed));
}

asio::awaitable<bool> ExchangeRun::conclude() {
    is_concluded_ = true;
    if (!wants(addons::Hook::response)) co_return true;
    co_return co_await run_hook(addons::hooks::response);
}

Failure const* ExchangeRun::deeper_cause() const {
    if (watch_.seen()) return &*watch_.seen();
    if (upload_ && upload_->client_failure) return &*upload_->client_failure;
    return nullptr;
}

asio::awaitable<bool> ExchangeRun::fail(Failure failure) {
    if (auto const* const cause = deeper_cause()) co_return co_await fail_of_client(*cause);
    co_return co_await end_with(std::move(failure));
}

asio::awaitable<bool> ExchangeRun::fail_of_client(Failure failure) {
    client_is_gone_ = failure.kind == Failure::Kind::closed || failure.kind == Failure::Kind::timed_out;
    co_return co_await end_with(std::move(failure));
}

/// Nothing more is sent to it, or heard of it.
asio::awaitable<void> ExchangeRun::let_go_of_server() {
    bool const is_at_work = upload_ && upload_->work.is_running();
    if (is_at_work) {
        upload_->work.cancel();
        co_await upload_->work.join();
    }
    if (is_at_work && server_ != nullptr) server_->abort();
}

asio::awaitable<bool> ExchangeRun::end_with(Failure failure) {
    co_await let_go_of_server();
    if (server_ != nullptr) server_->abort();
    if (!is_killed(flow_)) flow_.error = flow::Error{failure.message, context_.now()};
    if (!is_concluded_) co_await conclude_with_error();
    flow_.live = false;
    if (client_is_gone_ || has_begun_ || is_killed(flow_)) {
        client_.abort();
    } else {
        auto const page = error_page(failure.status, failure.message);
        co_await client_.send(page);
    }
    co_return false;
}

asio::awaitable<void> ExchangeRun::conclude_with_error() {
    is_concluded_ = true;  // once it has begun, whatever comes of it
    co_await call(addons::hooks::error);
}

}  // namespace pathology::proxycore::layers
