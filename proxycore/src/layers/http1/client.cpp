// The conversation with a client over HTTP/1: one request after another, until one of them starts another protocol.
//
//     head ─┬─▶ exchange ─┬─▶ the next head
//           │             └─▶ 101: WebSocket, or bytes
//           ├─▶ CONNECT ─▶ the next layer
//           └─▶ malformed ─▶ error page, end
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <utility>

#include "layers/exchange/connect.hpp"
#include "layers/exchange/exchange.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/request_target.hpp"
#include "layers/exchange/upgrade.hpp"
#include "layers/http1/client_stream.hpp"
#include "layers/http1/strictness.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {
namespace {

class Http1Conversation {
public:
    Http1Conversation(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode)
        : context_(context), mode_(mode), client_(std::move(stream), context.settings->http) {}

    asio::awaitable<void> run();

private:
    bool negotiated_http2() const;
    asio::awaitable<bool> is_http2();
    asio::awaitable<bool> serve_one();
    asio::awaitable<bool> serve();
    asio::awaitable<bool> serve(flow::HttpFlow& flow);
    asio::awaitable<bool> refuse_malformed(Failure failure);

    Context& context_;
    HttpMode mode_;
    Http1ClientStream client_;
};

asio::awaitable<void> Http1Conversation::run() {
    bool const begins_http2 = co_await is_http2();
    if (begins_http2) co_return co_await serve_http2(context_, client_.take_over(), mode_);
    context_.layers.push_back("http/1");
    bool keeps_alive = true;
    while (keeps_alive) keeps_alive = co_await serve_one();
    if (!client_.is_taken_over()) co_await client_.close();
}

/// By ALPN. Any other bytes are a fault then.
bool Http1Conversation::negotiated_http2() const {
    auto const& client = *context_.client;
    return client.tls_established() && client.alpn == "h2";
}

asio::awaitable<bool> Http1Conversation::is_http2() {
    if (!context_.settings->http.http2) co_return false;
    if (negotiated_http2()) co_return true;
    co_return co_await client_.begins_with_http2_preface();
}

/// Returns true if another request may follow. No flow is created for a client that sends nothing.
asio::awaitable<bool> Http1Conversation::serve_one() {
    auto const received = co_await client_.read_head();
    if (received && !*received) co_return false;
    if (received.has_error()) co_return co_await refuse_malformed(received.error());
    co_return co_await serve();
}

asio::awaitable<bool> Http1Conversation::serve() {
    auto request = flow::Request::from_head(client_.head());
    if (request.has_error()) {
        Failure failure{Errc::malformed, request.error().message, 400};
        co_return co_await refuse_malformed(std::move(failure));
    }
    auto executor = co_await asio::this_coro::executor;
    flow::LiveFlow<flow::HttpFlow> const flow(context_.services.addons.flows(), std::move(executor), context_.client,
                                              context_.server_for_flow(), context_.now());
    flow->request = std::move(*request);
    if (context_.settings->http.validate_inbound_headers) merge_lengths(flow->request.headers);
    flow->request.timestamp_start = flow->timestamp_created;
    co_return co_await serve(*flow);
}

asio::awaitable<bool> Http1Conversation::serve(flow::HttpFlow& flow) {
    if (flow.request.raw_method == "CONNECT") {
        bool const may_ask = co_await serve_connect(context_, flow, client_, mode_);
        co_return may_ask&& client_.accepts_next_request();
    }
    if (auto const failure = settle_target(context_, mode_, flow.request)) {
        co_await refuse(context_, flow, client_, *failure);
        co_return false;
    }
    auto end = co_await exchange(context_, flow, client_);
    if (end.upgraded != nullptr) {
        co_await relay_upgraded(context_, flow, client_.take_over(), std::move(end.upgraded));
        co_return false;
    }
    co_return end.is_whole&& client_.accepts_next_request();
}

/// Records of a malformed request what the client sent, and responds; not to a client that disconnected inside
/// it.
asio::awaitable<bool> Http1Conversation::refuse_malformed(Failure failure) {
    if (failure.code == Errc::closed || failure.code == Errc::timed_out) co_return false;
    auto executor = co_await asio::this_coro::executor;
    flow::LiveFlow<flow::HttpFlow> const flow(context_.services.addons.flows(), std::move(executor), context_.client,
                                              context_.server_for_flow(), context_.now());
    flow->request = flow::Request::of_refused(client_.head(), client_.request_line());
    co_await refuse(context_, *flow, client_, std::move(failure));
    co_return false;
}

}  // namespace

asio::awaitable<void> serve_http1(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode) {
    stream->set_time_limit(context.settings->times.idle);
    Http1Conversation conversation(context, std::move(stream), mode);
    co_await conversation.run();
}

}  // namespace pathology::proxycore::layers
