// The first half of an exchange: the request is taken and sent on, until the head of an answer is there.
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "layers/exchange/body.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/run.hpp"
#include "layers/race_with_disconnect.hpp"

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t most_sent_at_once = 64 * 1024;  // a server that answers early may stop reading
constexpr unsigned most_interim = 100;                // answers to one request

std::string server_of(flow::Request const& request) { return to_string(flow::Address{request.host(), request.port()}); }

Failure too_many_interim(flow::Request const& request) {
    auto const what =
        "the server " + server_of(request) + " gave more than " + std::to_string(most_interim) + " interim answers";
    return {Failure::Kind::malformed, what, 502};
}

/// RFC 9110 §7.8: a server switches to what the client has named, and to nothing else.
Failure switched_unasked(flow::Request const& request) {
    auto const what = "the server " + server_of(request) + " switches protocols, which the request does not ask for";
    return {Failure::Kind::malformed, what, 502};
}

}  // namespace

// --- taking it -------------------------------------------------------------------------------------------------------

asio::awaitable<bool> ExchangeRun::take_request() {
    bool goes_on = co_await take_request_head();
    if (goes_on) goes_on = co_await take_request_body();
    if (!goes_on || streams_request_) co_return goes_on;
    flow_.request.timestamp_end = context_.now();
    if (wants(addons::Hook::request)) co_return co_await run_hook(addons::hooks::request);
    co_return true;
}

asio::awaitable<bool> ExchangeRun::take_request_head() {
    auto const length = client_.announced_length();
    bool const is_large = is_over(length, settings().stream_large_bodies);
    if (is_large) flow_.request.stream = true;
    if (wants(addons::Hook::requestheaders)) {
        bool const lives = co_await run_hook(addons::hooks::requestheaders);
        if (!lives) co_return false;
    }
    if (is_over(length, settings().body_size_limit))
        co_return co_await fail(too_large("request", *settings().body_size_limit));
    if (flow_.request.headers.contains("Expect")) co_await tell_to_continue();
    co_return true;
}

/// Somebody has to say so, and the server would say it too late for the hooks (P12).
asio::awaitable<void> ExchangeRun::tell_to_continue() {
    auto& headers = flow_.request.headers;
    if (!headers.has_token("Expect", "100-continue")) co_return;
    headers.remove("Expect");
    http::ResponseHead const go_on{.status = 100, .reason = "Continue"};
    co_await client_.send_interim(go_on);
}

asio::awaitable<bool> ExchangeRun::take_request_body() {
    auto& request = flow_.request;
    if (client_.announced_length() == 0u) {
        request.raw_content.emplace();
        co_return true;
    }
    streams_request_ = is_streamed(request);
    if (streams_request_ && flow_.response) co_return co_await settle_answered_stream();
    if (streams_request_) co_return true;
    auto const collected = co_await collect_body(client_, request, settings(), "request");
    if (collected.has_error()) co_return co_await fail_of_client(collected.error());
    if (*collected == Collected::whole) co_return true;
    if (flow_.response) co_return co_await drop_request_body();
    streams_request_ = true;
    request.stream = true;
    co_return true;
}

/// An addon answered in `requestheaders`: a body that is only too large to keep is of no use, one that an addon streams
/// would have to go somewhere (P60).
asio::awaitable<bool> ExchangeRun::settle_answered_stream() {
    bool const is_only_large = is_over(client_.announced_length(), settings().stream_large_bodies) &&
                               std::holds_alternative<bool>(flow_.request.stream);
    if (is_only_large) co_return co_await drop_request_body();
    Failure failure{Failure::Kind::cancelled, "an addon streams a request that it answers itself"};
    co_return co_await fail(std::move(failure));
}

asio::awaitable<bool> ExchangeRun::drop_request_body() {
    streams_request_ = false;
    flow_.request.raw_content.reset();
    auto const failure = co_await discard_rest();
    if (failure) co_return co_await fail_of_client(*failure);
    co_return true;
}

/// What nobody needs of the request is read, though not without end.
asio::awaitable<std::optional<Failure>> ExchangeRun::discard_rest() {
    auto discarding = discard_body(client_, most_of_rest);
    auto const discarded = co_await async::with_timeout(context_.settings->times.stop, std::move(discarding));
    bool const has_failed = discarded && discarded->has_error();
    is_cut_ = !discarded || has_failed || !**discarded;
    if (has_failed) co_return discarded->error();
    co_return std::nullopt;
}

// --- sending it ------------------------------------------------------------------------------------------------------

asio::awaitable<bool> ExchangeRun::ask_server() {
    for (bool is_fresh = false;; is_fresh = true) {
        if (!is_fresh) server_ = context_.servers->acquire_at_once(flow_);
        bool const is_there = server_ != nullptr || co_await acquire_server(is_fresh);
        if (!is_there) co_return false;
        watch_.begin();
        auto head = co_await ask();
        if (head) {
            head_ = std::move(*head);
            co_return true;
        }
        bool const may_try_again = head.error().is_retryable && !is_fresh && !streams_request_;
        if (!may_try_again || deeper_cause() != nullptr) co_return co_await fail(head.error());
        co_await let_go_of_server();
        upload_.reset();
        server_.reset();
    }
}

/// A connection that nobody waits for any more is not waited for.
asio::awaitable<bool> ExchangeRun::acquire_server(bool is_fresh) {
    watch_.end();
    if (watch_.is_looking()) co_await watch_.join();
    if (deeper_cause() != nullptr) co_return co_await fail_of_client(*deeper_cause());
    auto acquiring = is_fresh ? context_.servers->acquire_fresh(flow_) : context_.servers->acquire(flow_);
    std::optional<Failure> left;
    auto acquired = co_await race_with_disconnect(std::move(acquiring), client_, AbortWatch::grace, left);
    if (left) co_return co_await fail_of_client(*left);
    if (acquired->has_error()) co_return co_await fail(acquired->error());
    server_ = std::move(**acquired);
    co_return true;
}

/// Even a server that does not take the request may have answered it.
asio::awaitable<Result<http::ResponseHead>> ExchangeRun::ask() {
    auto const sent = co_await send_request();
    auto head = co_await read_answer_head();
    if (head.has_error() && sent.has_error()) {
        auto failure = head.error();
        failure.is_retryable = failure.is_retryable || sent.error().is_retryable;
        co_return failure;
    }
    co_return head;
}

asio::awaitable<Result<void>> ExchangeRun::send_request() {
    auto const& request = flow_.request;
    if (streams_request_) {
        upload_.emplace(executor_);
        auto const begun = co_await server_->begin(request);
        if (begun) upload_->work.start(upload_streamed());
        co_return begun;
    }
    if (!request.raw_content || request.raw_content->size() <= most_sent_at_once)
        co_return co_await server_->send(request);
    upload_.emplace(executor_);
    upload_->work.start(upload_whole());
    co_return Result<void>();
}

asio::awaitable<void> ExchangeRun::upload_whole() {
    auto const sent = co_await server_->send(flow_.request);
    if (sent.has_error()) upload_->server_failure = sent.error();
}

asio::awaitable<void> ExchangeRun::upload_streamed() {
    auto& request = flow_.request;
    auto const passed = co_await pass_body(client_, *server_, request, settings(), "request", &upload_->rest);
    is_cut_ = passed.is_cut;
    upload_->server_failure = passed.sending;
    upload_->client_failure = passed.reading;
    if (passed.reading || passed.is_cut) server_->abort();  // whoever waits for the answer is told why
    if (!passed.is_whole()) co_return;
    request.timestamp_end = context_.now();
    co_await call(addons::hooks::request);
    if (is_killed(flow_)) server_->abort();  // so that the other steps see it
}

/// A server need not speak before it has the request.
asio::awaitable<Result<http::ResponseHead>> ExchangeRun::read_head_in_turn() {
    for (;;) {
        auto head = co_await server_->read_head();
        if (head.has_value() || head.error().kind != Failure::Kind::timed_out) co_return head;
        bool const is_waiting = co_await waits_for_upload();
        if (!is_waiting) co_return head;
    }
}

/// Both ends may have been silent for the same time: then the upload ends by the next tick, and tells whose turn it
/// was.
asio::awaitable<bool> ExchangeRun::waits_for_upload() {
    if (!upload_ || !upload_->work.is_running()) co_return false;
    auto ending = upload_->work.join();
    co_await async::with_timeout(context_.settings->times.stop, std::move(ending));
    co_return !upload_->client_failure && !upload_->server_failure && !is_cut_;
}

asio::awaitable<Result<http::ResponseHead>> ExchangeRun::read_answer_head() {
    for (unsigned interim = 0;; ++interim) {
        auto head = co_await read_head_in_turn();
        if (head.has_error() || head->status / 100 != 1) co_return head;
        if (head->status == 101 && !flow_.request.headers.contains("Upgrade"))
            co_return switched_unasked(flow_.request);
        if (head->status == 101) co_return head;
        if (interim == most_interim) co_return too_many_interim(flow_.request);
        // One that cannot be told is the client's loss; that it is gone shows with the answer.
        co_await client_.send_interim(*head);
    }
}

}  // namespace pathology::proxycore::layers
