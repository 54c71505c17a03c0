#include "layers/exchange/upgrade.hpp"

#include <utility>

#include "layers/layers.hpp"
#include "layers/relay/relay.hpp"

namespace pathology::proxycore::layers {

namespace {

asio::awaitable<void> relay_bytes(Context& context, flow::HttpFlow& flow, net::Stream& client, net::Stream& server) {
    auto const& http = context.settings->http;
    if (!http.rawtcp && http.websocket) {
        context.log(addons::LogLevel::warn,
                    "the connection switched to a protocol that is not relayed, because rawtcp is off");
        co_return;
    }
    UpgradedRecords upgraded(flow);
    Relay relay(context, client, server, upgraded.records());
    co_await relay.run();
    if (!relay.error().empty()) flow.error = flow::Error{relay.error(), context.now()};
}

}  // namespace

asio::awaitable<void> relay_upgraded(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                     std::unique_ptr<net::Stream> server) {
    if (flow.websocket) {
        auto const websocket = context.servers->hold_websocket(flow);
        co_await relay_websocket(context, flow, std::move(client), std::move(server));
        flow.live = false;
    } else {
        flow.live = false;
        co_await relay_bytes(context, flow, *client, *server);
        client.reset();
        server.reset();
    }
    ServerConnection over{flow.server_conn, nullptr};
    co_await context.servers->close(std::move(over));
}

}  // namespace pathology::proxycore::layers
