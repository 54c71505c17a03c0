// The first half of an exchange: receives the request and sends it to a server, until a response head arrives.
#include <algorithm>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "layers/exchange/body.hpp"
#include "layers/exchange/final_head.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/run.hpp"
#include "layers/race_with_disconnect.hpp"

namespace pathology::proxycore::layers {
namespace {

// A larger body is sent while the response is read: a server that responds early may stop reading.
constexpr std::size_t max_sent_at_once = 64 * 1024;

}  // namespace

// --- receiving it -----------------------------------------------------------------------------------------

asio::awaitable<Step> ExchangeRun::receive_request() {
    auto& request = flow_.request;
    auto const length = client_.announced_length();
    if (is_over(length, settings().stream_large_bodies) || is_stream_type(request.headers, settings()))
        request.stream = true;
    auto step = Step::next;
    if (wants(addons::Hook::requestheaders)) step = co_await run_hook(addons::hooks::requestheaders);
    if (step == Step::ended) co_return step;
    if (is_over(length, settings().body_size_limit))
        co_return co_await fail(too_large("request", *settings().body_size_limit));
    if (request.headers.contains("Expect")) co_await send_continue();
    if (client_.announced_length() == 0u)
        request.raw_content.emplace();
    else
        step = co_await receive_request_body();
    if (step == Step::ended || streams_request_) co_return step;
    request.timestamp_end = context_.now();
    if (wants(addons::Hook::request)) step = co_await run_hook(addons::hooks::request);
    co_return step;
}

/// Answers `Expect: 100-continue` itself, since hooks need the body before the request is sent to a server (P12).
asio::awaitable<void> ExchangeRun::send_continue() {
    auto& headers = flow_.request.headers;
    if (!headers.has_token("Expect", "100-continue")) co_return;
    headers.remove("Expect");
    http::ResponseHead const go_on{.status = 100, .reason = "Continue"};
    co_await client_.send_interim(go_on);
}

asio::awaitable<Step> ExchangeRun::receive_request_body() {
    auto& request = flow_.request;
    streams_request_ = is_streamed(request);
    if (streams_request_ && flow_.response) co_return co_await handle_streamed_body_after_response();
    if (streams_request_) co_return Step::next;
    BodyCollector collector(client_, request, settings(), "request");
    auto collected = collector.collect_now();
    if (!collected) collected = co_await collector.collect();
    if (collected->has_error()) co_return co_await fail_by_client(collected->error());
    if (**collected == Collected::whole) co_return Step::next;
    if (flow_.response) co_return co_await drop_request_body();
    streams_request_ = true;
    request.stream = true;
    co_return Step::next;
}

/// An addon set a response in `requestheaders` and the body is streamed. If that is only because of its size, it is
/// dropped; if an addon asked for streaming, there is no server to stream to, which is an error of the addon (P60).
asio::awaitable<Step> ExchangeRun::handle_streamed_body_after_response() {
    bool const is_only_large = is_over(client_.announced_length(), settings().stream_large_bodies) &&
                               std::holds_alternative<bool>(flow_.request.stream);
    if (is_only_large) co_return co_await drop_request_body();
    Failure failure{Errc::cancelled, "an addon streams a request to which it set a response"};
    co_return co_await fail(std::move(failure));
}

asio::awaitable<Step> ExchangeRun::drop_request_body() {
    streams_request_ = false;
    flow_.request.raw_content.reset();
    auto const failure = co_await discard_rest_of_request();
    if (failure) co_return co_await fail_by_client(*failure);
    co_return Step::next;
}

/// Reads and drops the rest of the request, up to a limit of bytes and time.
asio::awaitable<std::optional<Failure>> ExchangeRun::discard_rest_of_request() {
    auto discarding = discard_body(client_, max_rest);
    auto const discarded = co_await async::with_timeout(context_.settings->times.stop, std::move(discarding));
    bool const has_failed = discarded && discarded->has_error();
    is_request_cut_ = !discarded || has_failed || !**discarded;
    if (has_failed) co_return discarded->error();
    co_return std::nullopt;
}

// --- sending it -------------------------------------------------------------------------------------------

asio::awaitable<Step> ExchangeRun::forward_request() {
    auto const requested = flow_.server_conn;  // as the hooks left it
    for (std::optional<Failure> last;;) {
        if (!last) {
            auto immediate = context_.servers->acquire_now(flow_);
            server_ = std::move(immediate.stream);
            if (immediate.place != nullptr) co_await wait_in_queue(*immediate.place);
        }
        if (server_ == nullptr) {
            auto const step = co_await acquire_server(last);
            if (step == Step::ended) co_return step;
        }
        monitor_.begin();
        auto const sent = co_await send_request();
        // A server may respond without reading the whole request, so a response is read even if sending failed.
        auto head = co_await read_response_head();
        if (head) {
            head_ = std::move(*head);
            co_return Step::next;
        }
        auto const repeat = std::max(head.error().repeat, sent.has_error() ? sent.error().repeat : Repeat::never);
        bool const may_try_again = may_repeat(repeat, flow_.request.raw_method) && !last && !streams_request_;
        if (!may_try_again || client_failure_seen() != nullptr) co_return co_await fail(head.error());
        co_await abandon_server();
        upload_.reset();
        server_.reset();
        flow_.server_conn = requested;
        last = head.error();
    }
}

/// Gets a server connection for the flow, a new one after a failure. Waiting ends when the client disconnects.
asio::awaitable<Step> ExchangeRun::acquire_server(std::optional<Failure> const& last) {
    monitor_.end();
    if (monitor_.is_looking()) co_await monitor_.join();
    if (client_failure_seen() != nullptr) co_return co_await fail_by_client(*client_failure_seen());
    auto acquiring = acquire_after(last, *context_.servers, flow_);
    std::optional<Failure> left;
    auto acquired = co_await race_with_disconnect(std::move(acquiring), client_, DisconnectMonitor::grace, left);
    if (left) co_return co_await fail_by_client(*left);
    if (acquired->has_error()) co_return co_await fail(acquired->error());
    server_ = std::move(**acquired);
    co_return Step::next;
}

/// Waits for a connection that another request releases. Ends early when the client aborts; acquire() then fails.
asio::awaitable<void> ExchangeRun::wait_in_queue(ServerQueuePlace& place) {
    AbortCallback const abort(client_, [&place] { place.changed().notify(); });
    if (!abort.is_supported()) co_return;
    while (!abort.has_aborted() && !place.is_ready()) co_await place.changed().wait();
    if (!abort.has_aborted()) server_ = place.acquire();
}

asio::awaitable<Result<void>> ExchangeRun::send_request() {
    auto const& content = flow_.request.raw_content;
    bool const is_small = !content || content->size() <= max_sent_at_once;
    return is_small && !streams_request_ ? server_->send(flow_.request) : begin_upload();
}

asio::awaitable<Result<void>> ExchangeRun::begin_upload() {
    upload_.emplace(executor_);
    Result<void> begun;
    if (streams_request_) begun = co_await server_->begin(flow_.request);
    if (begun) upload_->work.start(streams_request_ ? upload_streamed() : upload_buffered());
    co_return begun;
}

asio::awaitable<void> ExchangeRun::upload_buffered() {
    auto const sent = co_await server_->send(flow_.request);
    if (sent.has_error()) upload_->server_failure = sent.error();
}

asio::awaitable<void> ExchangeRun::upload_streamed() {
    auto& request = flow_.request;
    auto const passed = co_await pass_body(client_, *server_, request, settings(), "request", &upload_->rest);
    is_request_cut_ = passed.is_cut;
    upload_->server_failure = passed.sending;
    upload_->client_failure = passed.reading;
    if (passed.reading || passed.is_cut) server_->abort();  // ends the wait for the response head
    if (!passed.is_whole()) co_return;
    request.timestamp_end = context_.now();
    if (wants(addons::Hook::request)) co_await call(addons::hooks::request);
    if (is_killed(flow_)) server_->abort();  // ends the wait for the response head
}

asio::awaitable<Result<http::ResponseHead>> ExchangeRun::read_one_head() {
    return upload_ ? read_head_during_upload() : server_->read_head();
}

/// Reads a response head. While the request is being sent the server may be silent, so its timeout does not count then.
asio::awaitable<Result<http::ResponseHead>> ExchangeRun::read_head_during_upload() {
    for (;;) {
        auto head = co_await server_->read_head();
        if (head.has_value() || head.error().code != Errc::timed_out) co_return head;
        bool const is_waiting = co_await wait_for_upload();
        if (!is_waiting) co_return head;
    }
}

/// Returns true if the upload ended without an error while the server was silent. If client and server are both silent,
/// the upload reaches its own timeout by the next tick and has the client's failure.
asio::awaitable<bool> ExchangeRun::wait_for_upload() {
    if (!upload_ || !upload_->work.is_running()) co_return false;
    auto ending = upload_->work.join();
    co_await async::with_timeout(context_.settings->times.stop, std::move(ending));
    co_return !upload_->client_failure && !upload_->server_failure && !is_request_cut_;
}

/// The result of passing an interim response on is ignored: if the client is gone, sending the final one fails too.
asio::awaitable<Result<http::ResponseHead>> ExchangeRun::read_response_head() {
    auto const read = [this] { return read_one_head(); };
    auto const pass = [this](http::ResponseHead const& head) { return client_.send_interim(head); };
    return read_final_head(flow_.request, read, pass);
}

}  // namespace pathology::proxycore::layers
