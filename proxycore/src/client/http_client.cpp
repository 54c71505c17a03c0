#include <pathology/proxycore/client/http_client.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <utility>

#include "layers/context.hpp"
#include "layers/exchange/body.hpp"
#include "layers/exchange/final_head.hpp"
#include "layers/exchange/http_streams.hpp"
#include "layers/tls/tls_service.hpp"

namespace pathology::proxycore::client {
namespace {

namespace asio = boost::asio;
using layers::Failure;
template <class T> using Result = layers::Result<T>;

std::shared_ptr<layers::Settings const> make_settings(HttpClientOptions const& options) {
    auto settings = std::make_shared<layers::Settings>();
    settings->http.http2 = options.http2;
    settings->http.body_size_limit = options.max_body_size;
    settings->tls.insecure = !options.verify;
    settings->tls.trust = options.trust;
    settings->times.connect = options.connect_timeout;
    settings->times.idle = options.timeout;
    settings->max_servers = options.max_connections;
    return settings;
}

void ignore(addons::LogEntry const&) {}
asio::awaitable<void> ignore_interim(http::ResponseHead const&) { co_return; }

Failure timed_out(flow::Request const& request, std::chrono::milliseconds limit) {
    auto const server = to_string(Endpoint{request.host(), request.port()});
    return {layers::Errc::timed_out,
            "no complete response from " + server + " within " + std::to_string(limit.count()) + " ms", 504};
}

Failure switched_protocols(flow::Request const& request) {
    return {layers::Errc::malformed,
            to_string(Endpoint{request.host(), request.port()}) + " sent 101, which this client does not support", 502};
}

}  // namespace

/// The upstream side of the proxy without a downstream side: an addon chain without addons, and a client record that
/// represents the caller.
struct HttpClient::State {
    explicit State(HttpClientOptions const& given)
        : settings(make_settings(given)),
          timeout(given.timeout),
          chain(addon_options, ignore),
          tls(*settings, layers::TlsService::Sides::servers),
          services{chain, tls, [] { return flow::Time::clock::now(); }, settings, {}, {}},
          selector(std::make_shared<upstream::StaticSelector>(given.route)),
          context(with_selector(), mode, std::make_shared<flow::Client>()) {
        // The stand-in for a client offers what its servers are to be offered.
        context.client->alpn_offers = {"h2", "http/1.1"};
    }

    layers::Services& with_selector() {
        services.selector_of = [this](modes::Mode const&) { return selector; };
        return services;
    }

    asio::awaitable<Result<flow::Response>> send(flow::HttpFlow& flow);
    asio::awaitable<Result<flow::Response>> send_over(layers::ServerStream& server, flow::HttpFlow const& flow);

    std::shared_ptr<layers::Settings const> settings;
    std::chrono::milliseconds timeout;
    addons::Options addon_options;
    addons::AddonChain chain;
    layers::TlsService tls;
    layers::Services services;
    std::shared_ptr<upstream::Selector> selector;
    modes::Mode const mode{};
    layers::Context context;
};

asio::awaitable<Result<flow::Response>> HttpClient::State::send(flow::HttpFlow& flow) {
    // The server may have closed a kept connection in the meantime. A request that may be repeated is sent once more, over
    // a new connection.
    for (std::optional<Failure> last;;) {
        auto acquiring = layers::acquire_after(last, *context.servers, flow);
        auto server = co_await std::move(acquiring);
        if (server.has_error()) co_return server.error();
        auto response = co_await send_over(**server, flow);
        bool const has_failed = response.has_error() && !last;
        if (!has_failed || !layers::may_repeat(response.error().repeat, flow.request.raw_method)) co_return response;
        last = response.error();
    }
}

asio::awaitable<Result<flow::Response>> HttpClient::State::send_over(layers::ServerStream& server,
                                                                     flow::HttpFlow const& flow) {
    auto const sent = co_await server.send(flow.request);
    auto const read = [&server] { return server.read_head(); };
    auto reading = layers::read_final_head(flow.request, read, ignore_interim);
    auto head = co_await std::move(reading);
    // A server may respond and close before it has read the request: the response counts, not the write error.
    if (head.has_error()) co_return sent.has_error() ? sent.error() : head.error();
    // The caller gets a response, not a connection.
    if (head->status == 101) co_return switched_protocols(flow.request);
    auto response = flow::Response::from_head(std::move(*head));
    layers::BodyCollector collector(server, response, settings->http, "response");
    auto const collected = co_await collector.collect();
    if (collected.has_error()) co_return collected.error();
    co_return response;
}

HttpClient::HttpClient(HttpClientOptions const& options) : state_(std::make_unique<State>(options)) {}
HttpClient::~HttpClient() = default;

asio::awaitable<Result<flow::Response>> HttpClient::send(flow::Request request) {
    flow::HttpFlow flow(state_->context.client, std::make_shared<flow::Server>(), state_->services.now());
    flow.request = std::move(request);
    auto sending = state_->send(flow);
    auto response = co_await async::with_timeout(state_->timeout, std::move(sending));
    // A read that is cancelled returns an error as any other, so the request may have failed in order.
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    if (!response) co_return timed_out(flow.request, state_->timeout);
    co_return std::move(*response);
}

asio::awaitable<void> HttpClient::close() { return state_->context.servers->close_all(); }

}  // namespace pathology::proxycore::client
