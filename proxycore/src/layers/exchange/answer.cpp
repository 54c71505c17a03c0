// The second half of an exchange: the answer is taken, from the server or from an addon, and delivered.
#include <utility>

#include "layers/exchange/body.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/run.hpp"

namespace pathology::proxycore::layers {
namespace {

/// Whether the connection speaks something else after this answer: 101, or 2xx to an extended CONNECT (RFC 8441).
bool switches_protocols(flow::HttpFlow const& flow) {
    auto const status = flow.response->status_code;
    return status == 101 || (flow.request.raw_method == "CONNECT" && status / 100 == 2);
}

bool opens_websocket(flow::HttpFlow const& flow) {
    auto const version = flow.request.headers.first("Sec-WebSocket-Version");
    return flow.response->status_code == 101 && flow.response->headers.has_token("Upgrade", "websocket") &&
           version == "13";
}

Failure taken_away() { return {Failure::Kind::cancelled, "an addon took the answer away"}; }

}  // namespace

asio::awaitable<bool> ExchangeRun::answer() {
    bool const is_of_server = server_ != nullptr;
    if (is_of_server) take_answer_head();
    if (wants(addons::Hook::responseheaders)) {
        bool const lives = co_await run_hook(addons::hooks::responseheaders);
        if (!lives) co_return false;
    }
    if (!flow_.response) co_return co_await fail(taken_away());
    if (auto objection = client_.objection_to(*flow_.response)) co_return co_await fail(std::move(*objection));
    if (!is_of_server) co_return co_await deliver();
    if (switches_protocols(flow_)) co_return co_await hand_over();
    if (is_over(server_->announced_length(), settings().body_size_limit))
        co_return co_await fail(too_large("response", *settings().body_size_limit));
    if (is_streamed(*flow_.response)) co_return co_await stream_answer();
    co_return co_await take_answer_body();
}

void ExchangeRun::take_answer_head() {
    auto& response = flow_.response.emplace(flow::Response::from_head(std::move(head_)));
    response.timestamp_start = context_.now();
    if (is_over(server_->announced_length(), settings().stream_large_bodies)) response.stream = true;
}

asio::awaitable<bool> ExchangeRun::take_answer_body() {
    auto& response = *flow_.response;
    auto const collected = co_await collect_body(*server_, response, settings(), "response");
    if (collected.has_error()) co_return co_await fail(collected.error());
    if (*collected == Collected::too_much_to_keep) {
        response.stream = true;
        co_return co_await stream_answer();
    }
    note_answer_end();
    co_return co_await deliver();
}

/// A server that is not needed any more is free for others while the hook and the client take their time.
void ExchangeRun::note_answer_end() {
    flow_.response->timestamp_end = context_.now();
    if (!upload_) server_.reset();
}

asio::awaitable<bool> ExchangeRun::stream_answer() {
    auto& response = *flow_.response;
    has_begun_ = true;
    auto const begun = co_await client_.begin(response);
    if (begun.has_error()) co_return co_await fail_of_client(begun.error());
    auto const passed = co_await pass_body(*server_, client_, response, settings(), "response");
    if (passed.sending) co_return co_await fail_of_client(*passed.sending);
    if (passed.reading) co_return co_await fail(*passed.reading);
    note_answer_end();
    co_return co_await conclude();
}

asio::awaitable<bool> ExchangeRun::deliver() {
    bool const lives = co_await conclude();
    if (!lives) co_return false;
    if (!flow_.response) co_return co_await fail(taken_away());
    has_begun_ = true;
    auto const sent = co_await client_.send(*flow_.response);
    if (sent.has_error()) co_return co_await fail_of_client(sent.error());
    co_return true;
}

asio::awaitable<bool> ExchangeRun::hand_over() {
    flow_.response->raw_content.emplace();
    if (settings().websocket && opens_websocket(flow_)) flow_.websocket.emplace();
    bool const goes_on = co_await deliver();
    if (goes_on && switches_protocols(flow_)) end_.upgraded = server_->take_over();
    co_return goes_on;
}

}  // namespace pathology::proxycore::layers
