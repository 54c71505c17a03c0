// The empty defaults. AddonChain does not call them: a HookSet has the hooks that an addon overrides.
#include <pathology/proxycore/addons/addon.hpp>

namespace pathology::proxycore::addons {

using Nothing = asio::awaitable<void>;

std::vector<AddonHandle> Addon::parts() { return {}; }
void Addon::load(Host&) {}
void Addon::configure(Options const&, std::set<std::string> const&) {}
void Addon::log(LogEntry const&) {}

Nothing Addon::running() { co_return; }
Nothing Addon::tick() { co_return; }
Nothing Addon::update(std::span<flow::Flow* const>) { co_return; }
Nothing Addon::done() { co_return; }

Nothing Addon::client_connected(flow::Client&) { co_return; }
Nothing Addon::client_disconnected(flow::Client&) { co_return; }
Nothing Addon::server_connect(ServerConnectionData&) { co_return; }
Nothing Addon::server_connected(ServerConnectionData&) { co_return; }
Nothing Addon::server_connect_error(ServerConnectionData&) { co_return; }
Nothing Addon::server_disconnected(ServerConnectionData&) { co_return; }

Nothing Addon::tls_clienthello(ClientHelloData&) { co_return; }
Nothing Addon::tls_start_client(ClientTlsData&) { co_return; }
Nothing Addon::tls_start_server(ServerTlsData&) { co_return; }
Nothing Addon::tls_established_client(ClientTlsData&) { co_return; }
Nothing Addon::tls_established_server(ServerTlsData&) { co_return; }
Nothing Addon::tls_failed_client(ClientTlsData&) { co_return; }
Nothing Addon::tls_failed_server(ServerTlsData&) { co_return; }

Nothing Addon::socks5_auth(Socks5AuthData&) { co_return; }
Nothing Addon::next_layer(NextLayerData&) { co_return; }

Nothing Addon::requestheaders(flow::HttpFlow&) { co_return; }
Nothing Addon::request(flow::HttpFlow&) { co_return; }
Nothing Addon::responseheaders(flow::HttpFlow&) { co_return; }
Nothing Addon::response(flow::HttpFlow&) { co_return; }
Nothing Addon::error(flow::HttpFlow&) { co_return; }
Nothing Addon::http_connect(flow::HttpFlow&) { co_return; }
Nothing Addon::http_connected(flow::HttpFlow&) { co_return; }
Nothing Addon::http_connect_error(flow::HttpFlow&) { co_return; }
Nothing Addon::http_connect_upstream(flow::HttpFlow&) { co_return; }

Nothing Addon::websocket_start(flow::HttpFlow&) { co_return; }
Nothing Addon::websocket_message(flow::HttpFlow&) { co_return; }
Nothing Addon::websocket_end(flow::HttpFlow&) { co_return; }

Nothing Addon::tcp_start(flow::TcpFlow&) { co_return; }
Nothing Addon::tcp_message(flow::TcpFlow&) { co_return; }
Nothing Addon::tcp_end(flow::TcpFlow&) { co_return; }
Nothing Addon::tcp_error(flow::TcpFlow&) { co_return; }

}  // namespace pathology::proxycore::addons
