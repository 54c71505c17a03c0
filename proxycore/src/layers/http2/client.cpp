// A client that speaks HTTP/2: each of its streams is an exchange, and runs beside the others.
//
//     session ──▶ request ─┬─▶ exchange ─┬─▶ answered
//                          │             └─▶ 101: WebSocket, or bytes
//                          ├─▶ CONNECT ─▶ the next layer, as a client of its own
//                          └─▶ leads nowhere ─▶ error page
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <map>
#include <memory>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/layers/exchange/exchange.hpp>
#include <pathology/proxycore/layers/layers.hpp>
#include <utility>
#include <vector>

#include "layers/client_life.hpp"
#include "layers/exchange/connect.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/request_target.hpp"
#include "layers/exchange/upgrade.hpp"
#include "layers/http2/client_stream.hpp"
#include "layers/http2/head.hpp"

namespace pathology::proxycore::layers {
namespace {

http2::SessionSettings settings_of(HttpSettings const& http) {
    http2::SessionSettings settings;
    settings.window_updates = http2::WindowUpdates::when_consumed;
    settings.max_header_list = static_cast<std::uint32_t>(std::min<std::size_t>(http.limits.head, 0x7fffffff));
    settings.extended_connect = http.websocket;
    return settings;
}

/// What is wrong with a CONNECT that leads nowhere.
std::optional<Failure> refusal_of_connect(flow::Request const& request, std::string const& protocol) {
    if (request.raw_method != "CONNECT") return std::nullopt;
    if (!protocol.empty())
        return Failure{Failure::Kind::malformed, "no tunnels for " + http::quoted(protocol) + " are opened here", 501};
    if (!request.host().empty()) return std::nullopt;
    return Failure{Failure::Kind::malformed, "CONNECT names no host and port: " + http::quoted(request.authority), 400};
}

class Http2Conversation final : public Http2WireOf<http2::Session> {
public:
    Http2Conversation(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode)
        : Http2WireOf(std::move(stream), "the client", context.settings->times.idle,
                      http2::Role::server, settings_of(context.settings->http)),
          context_(context),
          mode_(mode) {}

    /// To the end of the connection and of every exchange.
    asio::awaitable<void> serve();

private:
    /// A stream, until it is closed and its exchange is over.
    struct Served {
        std::shared_ptr<Http2Body> body;
        std::unique_ptr<Http2ClientStream> client{};
        flow::Request request{};
        std::string protocol{};  ///< of an extended CONNECT
        asio::cancellation_signal stop{};
        bool is_over = false;  // the exchange
    };

    // --- what the session tells ---
    void take_events() override;
    void take(http2::SessionEvent const& event);
    void begin(http2::SessionEvent const& event);
    void close(http2::SessionEvent const& event);

    // --- exchanges ---
    void start(http2::StreamId stream);
    void note_end(http2::StreamId stream, std::exception_ptr thrown);
    asio::awaitable<void> exchange_on(Served& served);
    asio::awaitable<void> answer(flow::HttpFlow& flow, Http2ClientStream& client);
    asio::awaitable<void> open_tunnel(flow::Request request, Http2ClientStream& client);
    asio::awaitable<void> serve_tunnel(Context& inside, flow::Request request, Http2ClientStream& client);
    asio::awaitable<void> join();
    asio::awaitable<void> run_to_end();
    asio::awaitable<void> stop_exchanges();
    void forget(http2::StreamId stream);

    Context& context_;
    HttpMode mode_;
    std::map<http2::StreamId, Served> served_;
    std::vector<http2::StreamId> begun_;  // their exchanges are not
    async::Event ended_;
    std::exception_ptr thrown_;
};

asio::awaitable<void> Http2Conversation::serve() {
    auto const stop = [this] { return stop_exchanges(); };
    co_await async::finally(run_to_end(), stop, std::nullopt);
    if (thrown_) std::rethrow_exception(thrown_);
}

asio::awaitable<void> Http2Conversation::run_to_end() {
    co_await run();
    co_await join();
}

asio::awaitable<void> Http2Conversation::stop_exchanges() {
    Http2Wire::close();
    for (auto& [stream, served] : served_) served.stop.emit(asio::cancellation_type::terminal);
    co_await join();
    if (end()->kind == Failure::Kind::malformed) context_.log(addons::LogLevel::info, end()->message);
}

asio::awaitable<void> Http2Conversation::join() {
    while (!served_.empty()) co_await ended_.wait();
}

// --- what the session tells ------------------------------------------------------------------------------------------

void Http2Conversation::take_events() {
    while (auto const event = session().next()) take(*event);
    for (auto const stream : std::exchange(begun_, {})) start(stream);
}

void Http2Conversation::take(http2::SessionEvent const& event) {
    if (event.type == http2::SessionEvent::Type::head) return begin(event);
    if (event.type == http2::SessionEvent::Type::closed) return close(event);
    auto const found = served_.find(event.stream);
    if (found == served_.end()) return;
    auto& body = *found->second.body;
    if (event.type == http2::SessionEvent::Type::data) return body.take(event.data);
    body.end(event.request->trailers);
}

void Http2Conversation::begin(http2::SessionEvent const& event) {
    auto& served = served_[event.stream];
    served.body = std::make_shared<Http2Body>(*this);
    served.body->bind(event.stream);
    served.client = std::make_unique<Http2ClientStream>(session(), served.body, *event.request);
    served.request = request_of(*event.request);
    served.protocol = event.request->protocol;
    begun_.push_back(event.stream);
}

void Http2Conversation::close(http2::SessionEvent const& event) {
    std::optional<Failure> failure;
    std::string const stream = "stream " + std::to_string(event.stream);
    if (has_ended()) {
        failure = end();
    } else if (event.error != http2::ErrorCode::no_error && event.by_peer) {
        failure = Failure{Failure::Kind::closed, "the client reset " + stream + ": " + name(event.error)};
    } else if (event.error != http2::ErrorCode::no_error) {
        auto const why = event.reason.empty() ? name(event.error) : std::string(event.reason);
        failure = Failure{Failure::Kind::malformed, "the request on " + stream + " is broken: " + why, 400};
    }
    auto const found = served_.find(event.stream);
    if (found == served_.end()) {
        if (failure) context_.log(addons::LogLevel::info, failure->message);
        return;
    }
    found->second.body->close(std::move(failure));
    forget(event.stream);
}

void Http2Conversation::forget(http2::StreamId stream) {
    auto const found = served_.find(stream);
    if (!found->second.is_over || !found->second.body->is_closed()) return;
    served_.erase(found);
    ended_.notify();
}

// --- exchanges -------------------------------------------------------------------------------------------------------

void Http2Conversation::start(http2::StreamId stream) {
    auto& served = served_.at(stream);
    auto const note = [this, stream](std::exception_ptr thrown) { note_end(stream, std::move(thrown)); };
    asio::co_spawn(executor(), exchange_on(served), asio::bind_cancellation_slot(served.stop.slot(), note));
}

/// What one exchange throws ends the connection, unless that ends anyway.
void Http2Conversation::note_end(http2::StreamId stream, std::exception_ptr thrown) {
    if (thrown && !has_ended()) {
        if (!thrown_) thrown_ = std::move(thrown);
        Http2Wire::close();
    }
    served_.at(stream).is_over = true;
    forget(stream);
}

asio::awaitable<void> Http2Conversation::exchange_on(Served& served) {
    auto const client = std::move(served.client);
    auto request = std::move(served.request);
    request.timestamp_start = context_.now();
    auto refusal = refusal_of_connect(request, served.protocol);
    bool const is_connect = request.raw_method == "CONNECT";
    if (is_connect && !refusal && mode_ != HttpMode::transparent)
        co_return co_await open_tunnel(std::move(request), *client);
    flow::LiveFlow<flow::HttpFlow> const flow(context_.services.addons.flows(), executor(), context_.client,
                                              context_.server, *request.timestamp_start);
    flow->request = std::move(request);
    if (refusal) co_return co_await refuse(context_, *flow, *client, std::move(*refusal));
    if (!is_connect) co_return co_await answer(*flow, *client);
    co_await serve_connect(context_, *flow, *client, mode_);
}

asio::awaitable<void> Http2Conversation::answer(flow::HttpFlow& flow, Http2ClientStream& client) {
    if (auto const failure = settle_target(context_, mode_, flow.request))
        co_return co_await refuse(context_, flow, client, *failure);
    auto end = co_await exchange(context_, flow, client);
    if (end.upgraded != nullptr) co_await relay_upgraded(context_, flow, client.take_over(), std::move(end.upgraded));
}

/// The others on this connection go on. What is inside has a TLS, a server and credentials of its own, so it is a
/// client of its own, too.
asio::awaitable<void> Http2Conversation::open_tunnel(flow::Request request, Http2ClientStream& client) {
    auto const& outer = *context_.client;
    auto record = std::make_shared<flow::Client>(outer.peername.value_or(Endpoint()),
                                                 outer.sockname.value_or(Endpoint()), context_.now());
    record->proxy_mode = outer.proxy_mode;
    Context inside(context_, std::move(record));
    auto conversation = serve_tunnel(inside, std::move(request), client);
    co_await live_as_client(inside, std::move(conversation));
}

asio::awaitable<void> Http2Conversation::serve_tunnel(Context& inside, flow::Request request,
                                                      Http2ClientStream& client) {
    flow::LiveFlow<flow::HttpFlow> const flow(context_.services.addons.flows(), executor(), inside.client,
                                              inside.server, *request.timestamp_start);
    flow->request = std::move(request);
    co_await serve_connect(inside, *flow, client, mode_);
}

}  // namespace

asio::awaitable<void> serve_http2(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode) {
    context.layers.push_back("http/2");
    Http2Conversation conversation(context, std::move(stream), mode);
    co_await conversation.serve();
}

}  // namespace pathology::proxycore::layers
