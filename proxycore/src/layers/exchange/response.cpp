// The second half of an exchange: receives the response, from the server or an addon, and sends it to the client.
#include <pathology/proxycore/http/content_rule.hpp>
#include <utility>

#include "layers/exchange/body.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/run.hpp"

namespace pathology::proxycore::layers {
namespace {

/// Returns true if another protocol follows this response: 101, or 2xx to an extended CONNECT (RFC 8441).
bool switches_protocols(flow::HttpFlow const& flow) {
    auto const status = flow.response->status_code;
    return status == 101 || (flow.request.raw_method == "CONNECT" && status / 100 == 2);
}

bool opens_websocket(flow::HttpFlow const& flow) {
    auto const version = flow.request.headers.first("Sec-WebSocket-Version");
    return flow.response->status_code == 101 && flow.response->headers.has_token("Upgrade", "websocket") &&
           version == "13";
}

Failure response_removed() { return {Errc::cancelled, "an addon removed the response"}; }

}  // namespace

asio::awaitable<Step> ExchangeRun::handle_response() {
    bool const is_from_server = server_ != nullptr;
    if (is_from_server) handle_response_head();
    if (wants(addons::Hook::responseheaders)) {
        auto const step = co_await run_hook(addons::hooks::responseheaders);
        if (step == Step::ended) co_return step;
    }
    if (!flow_.response) co_return co_await fail(response_removed());
    if (auto objection = client_.objection_to(*flow_.response)) co_return co_await fail(std::move(*objection));
    if (!is_from_server) co_return co_await send_response();
    if (switches_protocols(flow_)) co_return co_await switch_protocols();
    if (is_over(server_->announced_length(), settings().body_size_limit))
        co_return co_await fail(too_large("response", *settings().body_size_limit));
    if (is_streamed(*flow_.response)) co_return co_await stream_response();
    co_return co_await receive_response_body();
}

void ExchangeRun::handle_response_head() {
    auto& response = flow_.response.emplace(flow::Response::from_head(std::move(head_)));
    response.timestamp_start = context_.now();
    bool const is_large = is_over(server_->announced_length(), settings().stream_large_bodies);
    if (is_large || is_stream_type(response.headers, settings())) response.stream = true;
}

asio::awaitable<Step> ExchangeRun::receive_response_body() {
    auto& response = *flow_.response;
    BodyCollector collector(*server_, response, settings(), "response");
    auto collected = collector.collect_now();
    if (!collected) collected = co_await collector.collect();
    if (collected->has_error()) {
        if (collected->error().code == Errc::truncated) co_return co_await end_truncated_response(collected->error());
        co_return co_await fail(collected->error());
    }
    if (**collected == Collected::over_stream_limit) {
        response.stream = true;
        co_return co_await stream_response();
    }
    finish_response();
    co_return co_await send_response();
}

/// RFC 9110 §8.6: a response without content must not announce its length, unless it describes that of another one.
void ExchangeRun::drop_forbidden_length() {
    auto const rule = http::content_rule(flow_.request.raw_method, flow_.response->status_code);
    if (rule == http::ContentRule::forbidden) flow_.response->headers.remove("Content-Length");
}

/// Releases the server connection to others before the hook and the client take their time.
void ExchangeRun::finish_response() {
    flow_.response->timestamp_end = context_.now();
    if (!upload_) server_.reset();
}

asio::awaitable<Step> ExchangeRun::stream_response() {
    auto& response = *flow_.response;
    drop_forbidden_length();
    has_response_begun_ = true;
    auto const begun = co_await client_.begin(response);
    if (begun.has_error()) co_return co_await fail_by_client(begun.error());
    auto const passed = co_await pass_body(*server_, client_, response, settings(), "response");
    if (passed.sending) co_return co_await fail_by_client(*passed.sending);
    if (passed.reading && passed.reading->code == Errc::truncated)
        co_return co_await end_truncated_response(*passed.reading);
    if (passed.reading) co_return co_await fail(*passed.reading);
    finish_response();
    if (begin_response_hook()) co_return co_await run_hook(addons::hooks::response);
    co_return Step::next;
}

asio::awaitable<Step> ExchangeRun::send_response() {
    if (begin_response_hook()) {
        auto const step = co_await run_hook(addons::hooks::response);
        if (step == Step::ended) co_return step;
    }
    if (!flow_.response) co_return co_await fail(response_removed());
    drop_forbidden_length();
    has_response_begun_ = true;
    auto const sent = co_await client_.send(*flow_.response);
    if (sent.has_error()) co_return co_await fail_by_client(sent.error());
    co_return Step::next;
}

/// The client gets what came and, as the server's, an end that shows that bytes may be missing. The hook `response` sees
/// the body and the flow's error.
asio::awaitable<Step> ExchangeRun::end_truncated_response(Failure failure) {
    finish_response();
    flow_.error = flow::Error{failure.message, context_.now()};
    if (begin_response_hook()) {
        auto const step = co_await run_hook(addons::hooks::response);
        if (step == Step::ended) co_return step;
    }
    if (!std::exchange(has_response_begun_, true)) {
        if (!flow_.response) co_return co_await fail(response_removed());
        auto const body = flow_.response->raw_content.value_or("");
        auto sent = co_await client_.begin(*flow_.response);
        if (sent) sent = co_await client_.send_body(body);
        if (sent.has_error()) co_return co_await fail_by_client(sent.error());
    }
    co_return co_await end_with_error(std::move(failure));
}

asio::awaitable<Step> ExchangeRun::switch_protocols() {
    flow_.response->raw_content.emplace();
    if (settings().websocket && opens_websocket(flow_)) flow_.websocket.emplace();
    auto const step = co_await send_response();
    if (step == Step::next && switches_protocols(flow_)) end_.upgraded = server_->take_over();
    co_return step;
}

}  // namespace pathology::proxycore::layers
