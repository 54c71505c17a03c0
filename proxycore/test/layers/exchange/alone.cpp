#include "layers/exchange/alone.hpp"

#include <pathology/proxycore/layers/layers.hpp>
#include <utility>

#include "support/streams.hpp"

namespace pathology::proxycore::layers {

namespace test {

thread_local std::string tunnel_bytes;

Alone::Alone(Settings const& settings, addons::LogSink sink)
    : chain(options, std::move(sink)),
      tls_(settings),
      services_{chain, tls_, [] { return flow::Time{}; }, std::make_shared<Settings const>(settings),
                [](flow::Address const&) { return false; }} {}

std::unique_ptr<Context> Alone::connect(modes::Mode const& mode, MakeServers const& make_servers) {
    flow::Address const address{"client.test", 4242};
    auto const record = std::make_shared<flow::Client>(address, flow::Address{}, flow::Time{});
    return std::make_unique<Context>(services_, mode, record, make_servers);
}

}  // namespace test

// In place of the layers of these names.

asio::awaitable<void> next_layer(Context&, std::unique_ptr<net::Stream> stream) {
    co_await proxycore::test::read_to_end(*stream, test::tunnel_bytes);
}
asio::awaitable<void> serve_http2(Context&, std::unique_ptr<net::Stream> stream, HttpMode) {
    co_await proxycore::test::read_to_end(*stream, test::tunnel_bytes);
}
asio::awaitable<void> relay_websocket(Context&, flow::HttpFlow&, std::unique_ptr<net::Stream> client,
                                      std::unique_ptr<net::Stream> server) {
    co_await net::send(*server, "from the client's side");
    co_await net::send(*client, "from the server's side");
}

std::unique_ptr<Servers> make_servers(Context&) { return nullptr; }
void Servers::keep(ServerConnection) {}

/// Nobody speaks TLS here.
struct TlsService::State {};
TlsService::TlsService(Settings const&) {}
TlsService::~TlsService() = default;

}  // namespace pathology::proxycore::layers
