#include "layers/exchange/upgrade.hpp"

#include <pathology/proxycore/layers/layers.hpp>
#include <utility>

#include "layers/relay/relay.hpp"

namespace pathology::proxycore::layers {

asio::awaitable<void> relay_upgraded(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                     std::unique_ptr<net::Stream> server) {
    if (flow.websocket) {
        co_await relay_websocket(context, flow, std::move(client), std::move(server));
        flow.live = false;
        co_return;
    }
    flow.live = false;
    auto const& http = context.settings->http;
    bool const may_pass = http.rawtcp || !http.websocket;
    if (!may_pass) {
        context.log(addons::LogLevel::warn, "the protocols were switched to one that is not passed on (rawtcp is off)");
        co_return;
    }
    context.server = flow.server_conn;
    Relay relay(context, *client, *server);
    co_await relay.run();
}

}  // namespace pathology::proxycore::layers
