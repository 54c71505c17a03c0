#include "layers/exchange/isolated_layer.hpp"

#include <utility>

namespace pathology::proxycore::layers {

namespace test {

IsolatedLayer::IsolatedLayer(Settings const& settings, addons::LogSink sink)
    : chain(options, std::move(sink)),
      tls_(settings),
      services_{chain, tls_, [] { return flow::Time{}; }, std::make_shared<Settings const>(settings),
                [](Endpoint const&) { return false; }} {}

std::unique_ptr<Context> IsolatedLayer::connect(modes::Mode const& mode,
                                                MakeConnections const& make_server_connections) {
    Endpoint const address{"client.test", 4242};
    auto const record = std::make_shared<flow::Client>(address, Endpoint{}, flow::Time{});
    return std::make_unique<Context>(services_, mode, record, make_server_connections);
}

}  // namespace test

std::unique_ptr<ServerConnections> make_server_connections(Context&) { return nullptr; }
void ServerConnections::release(ServerConnection) {}

/// Nobody speaks TLS here.
struct TlsService::State {};
TlsService::TlsService(Settings const&, Sides sides) : sides_(sides) {}
TlsService::~TlsService() = default;

}  // namespace pathology::proxycore::layers
