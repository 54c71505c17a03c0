// A client that speaks HTTP/2: each of its streams is an exchange of its own.
//
//     session ──▶ request ─┬─▶ exchange ─┬─▶ response
//                          │             └─▶ 101: WebSocket, or bytes
//                          ├─▶ CONNECT ─▶ the next layer, as a client of its own
//                          └─▶ refused ─▶ error page
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>
#include <vector>

#include "layers/client_life.hpp"
#include "layers/exchange/connect.hpp"
#include "layers/exchange/exchange.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/exchange/request_target.hpp"
#include "layers/exchange/upgrade.hpp"
#include "layers/http2/client_stream.hpp"
#include "layers/http2/head.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {
namespace {

/// Why a CONNECT is refused.
std::optional<Failure> refusal_of_connect(flow::Request const& request, std::string const& protocol) {
    if (request.raw_method != "CONNECT") return std::nullopt;
    if (!protocol.empty())
        return Failure{Errc::malformed, "no tunnels for " + http::quoted(protocol) + " are opened here", 501};
    if (!request.host().empty()) return std::nullopt;
    return Failure{Errc::malformed, "CONNECT names no host and port: " + http::quoted(request.authority), 400};
}

/// A stream, until it is closed and its exchange has ended.
struct Served {
    explicit Served(Http2Connection& connection) : body(connection) {}

    Http2Body body;
    std::optional<Http2ClientStream> client{};  // until the exchange has ended
    flow::Request request{};
    std::string protocol{};  // of an extended CONNECT
    asio::cancellation_signal stop{};
    bool has_exchange = true;
    std::size_t index = 0;  // in the list of the conversation
};

class Http2Conversation final : public Http2Connection {
public:
    Http2Conversation(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode)
        : Http2Connection(std::move(stream), "the client", context.settings->times.idle, http2::Role::server,
                          context.settings->http),
          context_(context),
          mode_(mode) {}

    /// Until the connection and every exchange have ended.
    asio::awaitable<void> serve();

private:
    // --- events ---
    void on_events() override;
    void on_event(http2::SessionEvent const& event);
    void on_head(http2::SessionEvent const& event);
    void on_closed(http2::SessionEvent const& event);

    // --- exchanges ---
    void start(Served& served);
    void on_exchange_end(Served& served, std::exception_ptr thrown);
    asio::awaitable<void> exchange_on(Served& served);
    asio::awaitable<void> open_tunnel(flow::Request request, Http2ClientStream& client);
    asio::awaitable<void> serve_tunnel(Context& inside, flow::Request request, Http2ClientStream& client);
    asio::awaitable<void> join();
    asio::awaitable<void> run_to_end();
    asio::awaitable<void> stop_exchanges();
    void remove_if_over(Served& served);

    Context& context_;
    HttpMode mode_;
    std::vector<std::shared_ptr<Served>> served_;
    std::vector<Served*> started_;  // their exchanges begin after the events at hand
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
    Http2Connection::close();
    for (auto const& served : served_) served->stop.emit(asio::cancellation_type::terminal);
    co_await join();
    if (end()->code == Errc::malformed) context_.log(addons::LogLevel::info, end()->message);
}

asio::awaitable<void> Http2Conversation::join() {
    while (!served_.empty()) co_await ended_.wait();
}

// --- events ----------------------------------------------------------------------------------------------------------

void Http2Conversation::on_events() {
    while (auto const event = session().next()) on_event(*event);
    for (auto* const served : std::exchange(started_, {})) start(*served);
}

void Http2Conversation::on_event(http2::SessionEvent const& event) {
    auto* const served = static_cast<Served*>(event.user_data);
    switch (event.type) {
        case http2::SessionEvent::Type::interim: return;  // only servers send these
        case http2::SessionEvent::Type::head: return on_head(event);
        case http2::SessionEvent::Type::data: return served->body.on_data(event.data);
        case http2::SessionEvent::Type::end: return served->body.on_end(event.request->trailers);
        case http2::SessionEvent::Type::closed: return on_closed(event);
    }
}

void Http2Conversation::on_head(http2::SessionEvent const& event) {
    auto const served = std::make_shared<Served>(*this);
    served->body.bind(event.stream);
    served->client.emplace(std::shared_ptr<Http2Body>(served, &served->body), *event.request);
    served->request = request_of(*event.request);
    served->protocol = event.request->protocol;
    served->index = served_.size();
    session().set_user_data(event.stream, served.get());
    served_.push_back(served);
    started_.push_back(served.get());
}

void Http2Conversation::on_closed(http2::SessionEvent const& event) {
    std::optional<Failure> failure;
    if (has_ended()) {
        failure = end();
    } else if (event.error != http2::ErrorCode::no_error) {
        std::string const stream = "stream " + std::to_string(event.stream);
        auto const why = event.by_peer || event.reason.empty() ? name(event.error) : std::string(event.reason);
        failure = event.by_peer ? Failure{Errc::closed, "the client reset " + stream + ": " + why}
                                : Failure{Errc::malformed, "the request on " + stream + " is malformed: " + why, 400};
    }
    auto* const served = static_cast<Served*>(event.user_data);
    if (served == nullptr) {
        if (failure) context_.log(addons::LogLevel::info, failure->message);
        return;
    }
    served->body.on_closed(std::move(failure));
    remove_if_over(*served);
}

void Http2Conversation::remove_if_over(Served& served) {
    if (served.has_exchange || !served.body.is_closed()) return;
    auto const index = served.index;
    served_.back()->index = index;
    std::swap(served_[index], served_.back());
    served_.pop_back();
    ended_.notify();
}

// --- exchanges -------------------------------------------------------------------------------------------------------

void Http2Conversation::start(Served& served) {
    auto const end = [this, &served](std::exception_ptr thrown) { on_exchange_end(served, std::move(thrown)); };
    asio::co_spawn(executor(), exchange_on(served), asio::bind_cancellation_slot(served.stop.slot(), end));
}

/// What an exchange throws ends the connection, unless that ends anyway.
void Http2Conversation::on_exchange_end(Served& served, std::exception_ptr thrown) {
    if (thrown && !has_ended()) {
        if (!thrown_) thrown_ = std::move(thrown);
        Http2Connection::close();
    }
    served.has_exchange = false;
    remove_if_over(served);
}

asio::awaitable<void> Http2Conversation::exchange_on(Served& served) {
    struct End {
        ~End() { served.client.reset(); }
        Served& served;
    } const end{served};
    auto& client = *served.client;
    auto request = std::move(served.request);
    request.timestamp_start = context_.now();
    auto refusal = refusal_of_connect(request, served.protocol);
    bool const is_connect = request.raw_method == "CONNECT";
    if (is_connect && !refusal && mode_ != HttpMode::transparent)
        co_return co_await open_tunnel(std::move(request), client);
    flow::LiveFlow<flow::HttpFlow> const flow(context_.services.addons.flows(), executor(), context_.client,
                                              context_.server_for_flow(), *request.timestamp_start);
    flow->request = std::move(request);
    if (!refusal && !is_connect) refusal = settle_target(context_, mode_, flow->request);
    if (refusal) co_return co_await refuse(context_, *flow, client, std::move(*refusal));
    if (is_connect) {
        co_await serve_connect(context_, *flow, client, mode_);
        co_return;
    }
    auto done = co_await exchange(context_, *flow, client);
    if (done.upgraded != nullptr)
        co_await relay_upgraded(context_, *flow, client.take_over(), std::move(done.upgraded));
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
                                              inside.server_for_flow(), *request.timestamp_start);
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
