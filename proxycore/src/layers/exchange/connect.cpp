#include "layers/exchange/connect.hpp"

#include <utility>

#include "layers/exchange/error_page.hpp"
#include "layers/exchange/refusal.hpp"
#include "layers/hosts.hpp"
#include "layers/race_with_disconnect.hpp"

namespace pathology::proxycore::layers {
namespace {

/// Without any field: some clients fail on them.
flow::Response established(http::Version version) {
    flow::Response response;
    response.http_version = version;
    if (version.major < 2) response.reason = "Connection established";
    response.raw_content.emplace();
    return response;
}

class Connect {
public:
    Connect(Context& context, flow::HttpFlow& flow, ClientStream& client)
        : context_(context), flow_(flow), client_(client) {}
    ~Connect() { flow_.on_kill(nullptr); }
    Connect(Connect const&) = delete;
    Connect& operator=(Connect const&) = delete;

    asio::awaitable<bool> run();

private:
    asio::awaitable<void> call(addons::HookPoint<flow::HttpFlow&> const& point);
    asio::awaitable<bool> deny(flow::Response const& response);
    void lead_to_target();
    asio::awaitable<bool> open_server();
    asio::awaitable<void> enter();

    Context& context_;
    flow::HttpFlow& flow_;
    ClientStream& client_;
};

asio::awaitable<bool> Connect::run() {
    flow_.live = true;
    flow_.on_kill([this] { client_.abort(); });
    co_await call(addons::hooks::http_connect);
    if (is_killed(flow_)) {
        co_await call(addons::hooks::http_connect_error);
        client_.abort();
        co_return false;
    }
    if (flow_.response && flow_.response->status_code / 100 != 2) co_return co_await deny(*flow_.response);
    lead_to_target();
    auto const& settings = *context_.settings;
    if (settings.strategy == ConnectionStrategy::eager && !is_own_site(settings.hosts, *context_.server)) {
        bool const is_open = co_await open_server();
        if (!is_open) co_return false;
    }
    co_await enter();
    co_return false;
}

/// By what the hook left in the record of the flow.
void Connect::lead_to_target() {
    auto const& wanted = *flow_.server_conn;
    bool const is_redirected = wanted.address() && wanted.address() != context_.server->address();
    Endpoint address{flow_.request.host(), flow_.request.port()};
    if (is_redirected) address = *wanted.address();
    auto server = std::make_shared<flow::Server>(std::move(address), context_.services.addons.flows().make_id());
    server->error = wanted.error;
    context_.via = wanted.via();
    server->set_via(context_.via);
    context_.server = std::move(server);
    flow_.server_conn = context_.server->snapshot();
}

asio::awaitable<void> Connect::call(addons::HookPoint<flow::HttpFlow&> const& point) {
    auto& addons = context_.services.addons;
    if (addons.wants(point.hook) || flow_.intercepted()) co_await addons.run(point, flow_);
}

asio::awaitable<bool> Connect::deny(flow::Response const& response) {
    co_await call(addons::hooks::http_connect_error);
    flow_.live = false;
    auto const sent = co_await client_.send(response);
    co_return sent.has_value();
}

asio::awaitable<bool> Connect::open_server() {
    std::vector<std::string> alpn;
    std::optional<Failure> left;
    auto opening = context_.servers->open(context_.server, std::move(alpn));
    auto const opened = co_await race_with_disconnect(std::move(opening), client_, std::chrono::milliseconds(0), left);
    flow_.server_conn = context_.server->snapshot();
    if (opened && *opened) co_return true;
    auto const& failure = left ? *left : opened->error();
    if (!is_killed(flow_)) flow_.error = flow::Error{failure.message, context_.now()};
    if (left || is_killed(flow_)) {
        co_await call(addons::hooks::http_connect_error);
        client_.abort();
    } else {
        flow_.response = error_page(failure.status, failure.message);
        co_await deny(*flow_.response);
    }
    co_return false;
}

asio::awaitable<void> Connect::enter() {
    auto const granted = established(flow_.request.http_version);
    auto const sent = co_await client_.send(granted);
    if (sent.has_error()) {
        flow_.error = flow::Error{sent.error().message, context_.now()};
        co_await call(addons::hooks::http_connect_error);
        flow_.live = false;
        co_return;
    }
    flow_.response = granted;
    co_await call(addons::hooks::http_connected);
    flow_.on_kill(nullptr);
    flow_.live = false;
    co_await next_layer(context_, client_.take_over());
}

}  // namespace

asio::awaitable<bool> serve_connect(Context& context, flow::HttpFlow& flow, ClientStream& client, HttpMode mode) {
    if (mode == HttpMode::transparent) {
        Failure failure{Errc::malformed,
                        "CONNECT needs a proxy in regular, upstream or socks5 mode; this one runs in another mode",
                        400};
        co_await refuse(context, flow, client, std::move(failure));
        co_return false;
    }
    Connect connect(context, flow, client);
    co_return co_await connect.run();
}

}  // namespace pathology::proxycore::layers
