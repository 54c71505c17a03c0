#include "layers/exchange/exchange.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "layers/exchange/error_page.hpp"
#include "layers/exchange/max_forwards.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/run.hpp"

namespace pathology::proxycore::layers {

asio::awaitable<ExchangeEnd> exchange(Context& context, flow::HttpFlow& flow, ClientStream& client) {
    auto const executor = co_await asio::this_coro::executor;
    ExchangeRun run(context, flow, client, executor);
    auto const stop = [&run] { return run.stop(); };
    co_return co_await async::on_failure(run.run(), stop, std::nullopt);
}

ExchangeRun::ExchangeRun(Context& context, flow::HttpFlow& flow, ClientStream& client, asio::any_io_executor executor)
    : context_(context),
      flow_(flow),
      client_(client),
      executor_(std::move(executor)),
      monitor_(executor_, client, [this] {
          if (server_ != nullptr) server_->abort();
      }) {}

asio::awaitable<ExchangeEnd> ExchangeRun::run() {
    flow_.live = true;
    flow_.on_kill([this] { close_both(); });
    auto step = co_await receive_request();
    bool const may_respond = step == Step::next && !flow_.response && !streams_request_;
    if (may_respond) flow_.response = count_forward(flow_.request);
    if (step == Step::next && !flow_.response) step = co_await forward_request();
    if (step == Step::next) step = co_await handle_response();
    monitor_.end();
    if (upload_ || monitor_.is_looking()) co_await finish_upload_and_monitor();
    flow_.on_kill(nullptr);
    end_.is_whole = step == Step::next && !client_is_gone_ && !is_request_cut_ && !flow_.error;
    if (end_.upgraded == nullptr) flow_.live = false;
    co_return std::move(end_);
}

/// The upload may outlast the response. The rest of a streamed request is passed on, within limits; that of a buffered
/// one is dropped.
asio::awaitable<void> ExchangeRun::finish_upload_and_monitor() {
    if (monitor_.is_looking()) co_await monitor_.join();
    if (!upload_) co_return;
    // The server has responded and may not read any more, and the client would wait for it.
    if (!streams_request_) co_return co_await abandon_server();
    co_await finish_upload();
    bool const is_unread = upload_->server_failure && !flow_.error && client_failure_seen() == nullptr;
    if (is_unread) co_await discard_rest_of_request();
    if (auto const* const cause = client_failure_seen(); cause != nullptr && !flow_.error)
        flow_.error = flow::Error{cause->message, context_.now()};
}

/// A server that has responded still gets the rest of the request, up to a limit of bytes and time.
asio::awaitable<void> ExchangeRun::finish_upload() {
    if (!upload_->work.is_running()) co_return co_await upload_->work.join();
    upload_->rest = max_rest;
    auto joining = upload_->work.join();
    bool const has_ended = co_await async::with_timeout(context_.settings->times.stop, std::move(joining));
    if (has_ended) co_return;
    is_request_cut_ = true;
    co_await abandon_server();
}

asio::awaitable<void> ExchangeRun::stop() {
    monitor_.end();
    co_await monitor_.join();
    if (upload_) {
        upload_->work.cancel();
        try {
            co_await upload_->work.join();
        } catch (...) {  // the exception that ended the exchange is the one to report
        }
    }
    if (server_ != nullptr) server_->abort();
    client_.abort();
    if (!has_final_hook_run_) {
        if (!flow_.error) flow_.error = flow::Error{"the exchange was stopped", context_.now()};
        set_error_status(flow_, 0);
        auto hook = run_error_hook();
        co_await async::with_timeout(context_.settings->times.stop, std::move(hook));
    }
    flow_.live = false;
}

// --- hooks and errors ------------------------------------------------------------------------------------------------

/// Only an upload has hooks that would overlap with others.
asio::awaitable<void> ExchangeRun::call(FlowHook const& point) {
    return upload_ ? call_in_order(point) : context_.services.addons.run(point, flow_);
}

asio::awaitable<void> ExchangeRun::call_in_order(FlowHook const& point) {
    auto const lock = co_await upload_->hook_order.lock();
    co_await context_.services.addons.run(point, flow_);
}

asio::awaitable<Step> ExchangeRun::run_hook(FlowHook const& point) {
    co_await call(point);
    if (!is_killed(flow_)) co_return Step::next;
    Failure killed{Errc::cancelled, std::string(flow::killed_message)};
    co_return co_await fail(std::move(killed));
}

bool ExchangeRun::begin_response_hook() {
    has_final_hook_run_ = true;
    return wants(addons::Hook::response);
}

Failure const* ExchangeRun::client_failure_seen() const {
    if (monitor_.seen()) return &*monitor_.seen();
    if (upload_ && upload_->client_failure) return &*upload_->client_failure;
    return nullptr;
}

asio::awaitable<Step> ExchangeRun::fail(Failure failure) {
    if (auto const* const cause = client_failure_seen()) co_return co_await fail_by_client(*cause);
    co_return co_await end_with_error(std::move(failure));
}

asio::awaitable<Step> ExchangeRun::fail_by_client(Failure failure) {
    client_is_gone_ = failure.code == Errc::closed || failure.code == Errc::timed_out;
    co_return co_await end_with_error(std::move(failure));
}

/// Cancels the upload. A connection in the middle of a request cannot be used again, so it is aborted.
asio::awaitable<void> ExchangeRun::abandon_server() {
    bool const is_at_work = upload_ && upload_->work.is_running();
    if (is_at_work) {
        upload_->work.cancel();
        co_await upload_->work.join();
    }
    if (is_at_work && server_ != nullptr) server_->abort();
}

asio::awaitable<Step> ExchangeRun::end_with_error(Failure failure) {
    co_await abandon_server();
    if (server_ != nullptr) server_->abort();
    if (!is_killed(flow_)) flow_.error = flow::Error{failure.message, context_.now()};
    bool const is_for_client = failure.wanted == Protocol::http1 && flow_.request.http_version.major >= 2;
    bool const gets_page = !client_is_gone_ && !is_killed(flow_) && !has_response_begun_ && !is_for_client;
    set_error_status(flow_, gets_page ? failure.status : 0);
    if (!has_final_hook_run_) co_await run_error_hook();
    flow_.live = false;
    if (client_is_gone_ || is_killed(flow_)) {
        client_.abort();
    } else if (has_response_begun_ || is_for_client) {
        co_await client_.break_off(failure.reset.value_or(http2::ErrorCode::internal_error));
    } else {
        auto const page = error_page(failure.status, failure.message);
        co_await client_.send(page);
    }
    co_return Step::ended;
}

void ExchangeRun::close_both() noexcept {
    if (end_.upgraded != nullptr) return;  // both streams belong to what follows
    if (server_ != nullptr) server_->abort();
    client_.abort();
}

asio::awaitable<void> ExchangeRun::run_error_hook() {
    has_final_hook_run_ = true;  // set before: a hook that throws has run too
    if (wants(addons::Hook::error)) co_await call(addons::hooks::error);
}

}  // namespace pathology::proxycore::layers
