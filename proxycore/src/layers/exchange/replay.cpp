#include "layers/exchange/replay.hpp"

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <utility>

#include "layers/exchange/exchange.hpp"

namespace pathology::proxycore::layers {
namespace {

/// The client end of a replay: gives the stored body and discards the response, which the flow keeps.
class StoredRequestStream final : public ClientStream {
public:
    explicit StoredRequestStream(flow::Request const& request)
        : content_(request.raw_content.value_or("")), trailers_(request.trailers.value_or(http::Fields())) {}

    asio::awaitable<Result<std::string_view>> read_body() override {
        co_return std::exchange(is_read_, true) ? std::string_view() : std::string_view(content_);
    }
    http::Fields const& trailers() const override { return trailers_; }
    std::optional<std::uint64_t> announced_length() const override {
        if (!trailers_.empty()) return std::nullopt;  // a length of 0 would skip them
        return content_.size();
    }

    asio::awaitable<Result<void>> send_interim(http::ResponseHead const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> send(flow::Response const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> begin(flow::Response const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> send_body(std::string_view) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> finish(http::Fields const*) override { co_return Result<void>(); }

    /// There is no client that could disconnect.
    asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds) override {
        co_await async::pause(std::nullopt);
        co_return Failure{};
    }
    bool set_abort_handler(std::function<void()>) override { return true; }
    void abort() noexcept override {}
    std::unique_ptr<net::Stream> take_over() override { return nullptr; }

private:
    std::string content_;
    http::Fields trailers_;
    bool is_read_ = false;
};

/// The place in the registry of a flow that exists already.
class ReplayedFlow final : flow::LiveFlowBase {
public:
    ReplayedFlow(flow::Registry& registry, std::shared_ptr<flow::Flow> flow)
        : LiveFlowBase(registry, std::move(flow)) {}
};

/// The recorded client as the client of a new exchange.
std::shared_ptr<flow::Client> client_of(flow::HttpFlow const& flow, flow::Time now) {
    auto client = std::make_shared<flow::Client>(flow.client_conn->copy());
    client->state = flow::ConnectionState::active;
    client->error.reset();
    client->timestamp_start = now;
    client->timestamp_end.reset();
    return client;
}

void prepare(Context const& context, flow::HttpFlow& flow) {
    flow.backup();
    flow.is_replay = flow::Replay::request;
    flow.response.reset();
    flow.error.reset();
    flow.client_conn = context.client;
    flow.server_conn = context.server;
    flow.request.timestamp_start = context.now();
    flow.request.timestamp_end.reset();
}

/// The destination is the request's own. An upstream mode has its proxy; the record's proxy of another mode is not used
/// again.
void set_destination(Context& context, flow::Request const& request) {
    context.server->set_address(Endpoint{request.host(), request.port()});
    context.server->tls = request.scheme() == "https";
    if (context.server->tls) context.server->sni = request.host();
}

asio::awaitable<void> close(Context& context) {
    co_await context.servers->close_all();
    context.client->state = flow::ConnectionState::closed;
    context.client->timestamp_end = context.now();
}

}  // namespace

std::optional<std::string> find_obstacle_to_replay(flow::HttpFlow const& flow) {
    if (flow.live) return "the flow is live";
    if (flow.intercepted()) return "the flow is intercepted";
    if (!flow.request.raw_content) return "the body of the request was not kept";
    if (flow.websocket) return "the flow is a WebSocket";
    if (flow.request.raw_method == "CONNECT") return "the request opens a tunnel";
    return std::nullopt;
}

asio::awaitable<void> replay(Services& services, modes::Mode const& mode, std::shared_ptr<flow::HttpFlow> flow) {
    Context context(services, mode, client_of(*flow, services.now()));
    set_destination(context, flow->request);
    prepare(context, *flow);
    flow->loop = co_await asio::this_coro::executor;
    ReplayedFlow const live(services.addons.flows(), flow);
    StoredRequestStream client(flow->request);
    auto const close_all = [&context] { return close(context); };
    auto end = co_await async::finally(exchange(context, *flow, client), close_all, context.settings->times.stop);
    if (end.upgraded != nullptr) end.upgraded->close(net::CloseMode::fin);
}

}  // namespace pathology::proxycore::layers
