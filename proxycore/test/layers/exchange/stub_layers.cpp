#include "layers/exchange/stub_layers.hpp"
#include "layers/layers.hpp"

#include "support/streams.hpp"

namespace pathology::proxycore::layers {

thread_local std::string test::tunnel_bytes;

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

}  // namespace pathology::proxycore::layers
