#include "proxy/proxy_fixture.hpp"

#include <algorithm>

#include "support/folder.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::proxy::test {
namespace {

using proxycore::test::patience;

std::string shared_confdir() {
    static pathology::test::Folder const folder;
    return folder.path().string();
}

template <class Act, class... Arguments> void act(Act const& action, Arguments&... arguments) {
    if (action) action(arguments...);
}

}  // namespace

// --- the addon -------------------------------------------------------------------------------------------------------

void Witness::note(std::string const& hook) {
    std::scoped_lock const lock(mutex_);
    calls_.push_back(hook);
    called_.notify_all();
}

template <class Flow> void Witness::keep(flow::Flow const& flow, std::vector<std::shared_ptr<Flow>>& among) {
    std::scoped_lock const lock(mutex_);
    among.push_back(std::dynamic_pointer_cast<Flow>(std::shared_ptr<flow::Flow>(flow.copy())));
}

asio::awaitable<void> Witness::client_connected(flow::Client& client) {
    act(on_client_connected, client);
    co_return note("client_connected");
}
asio::awaitable<void> Witness::client_disconnected(flow::Client& client) {
    {
        std::scoped_lock const lock(mutex_);
        clients_.push_back(client);
    }
    co_return note("client_disconnected");
}
asio::awaitable<void> Witness::server_connect(addons::ServerConnectionData& data) {
    act(on_server_connect, data);
    co_return note("server_connect");
}
asio::awaitable<void> Witness::server_connected(addons::ServerConnectionData&) { co_return note("server_connected"); }
asio::awaitable<void> Witness::server_connect_error(addons::ServerConnectionData& data) {
    {
        std::scoped_lock const lock(mutex_);
        failed_servers_.push_back(data.server);
    }
    co_return note("server_connect_error");
}
asio::awaitable<void> Witness::server_disconnected(addons::ServerConnectionData& data) {
    {
        std::scoped_lock const lock(mutex_);
        servers_.push_back(data.server);
    }
    co_return note("server_disconnected");
}
asio::awaitable<void> Witness::next_layer(addons::NextLayerData& data) {
    act(on_next_layer, data);
    co_return;
}
asio::awaitable<void> Witness::http_connect_upstream(flow::HttpFlow& flow) {
    act(on_http_connect_upstream, flow);
    co_return note("http_connect_upstream");
}
asio::awaitable<void> Witness::requestheaders(flow::HttpFlow& flow) {
    act(on_requestheaders, flow);
    co_return note("requestheaders");
}
asio::awaitable<void> Witness::request(flow::HttpFlow& flow) {
    act(on_request, flow);
    co_return note("request");
}
asio::awaitable<void> Witness::response(flow::HttpFlow& flow) {
    act(on_response, flow);
    keep(flow, http_flows_);
    co_return note("response");
}
asio::awaitable<void> Witness::error(flow::HttpFlow& flow) {
    keep(flow, http_flows_);
    co_return note("error");
}
asio::awaitable<void> Witness::tcp_start(flow::TcpFlow&) { co_return note("tcp_start"); }
asio::awaitable<void> Witness::tcp_message(flow::TcpFlow& flow) {
    if (on_tcp_message) co_await on_tcp_message(flow);
    note("tcp_message");
}
asio::awaitable<void> Witness::tcp_end(flow::TcpFlow& flow) {
    keep(flow, tcp_flows_);
    co_return note("tcp_end");
}
asio::awaitable<void> Witness::tcp_error(flow::TcpFlow& flow) {
    keep(flow, tcp_flows_);
    co_return note("tcp_error");
}

std::vector<std::string> Witness::calls() const {
    std::scoped_lock const lock(mutex_);
    return calls_;
}

std::size_t Witness::count(std::string const& hook) const {
    auto const all = calls();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), hook));
}

bool Witness::wait_for(std::string const& hook, std::size_t times) const {
    std::unique_lock lock(mutex_);
    auto const is_there = [&] {
        return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), hook)) >= times;
    };
    return called_.wait_for(lock, patience, is_there);
}

std::vector<std::shared_ptr<flow::HttpFlow>> Witness::http_flows() const {
    std::scoped_lock const lock(mutex_);
    return http_flows_;
}
std::vector<std::shared_ptr<flow::TcpFlow>> Witness::tcp_flows() const {
    std::scoped_lock const lock(mutex_);
    return tcp_flows_;
}
std::vector<flow::Server> Witness::servers() const {
    std::scoped_lock const lock(mutex_);
    return servers_;
}
std::vector<flow::Server> Witness::failed_servers() const {
    std::scoped_lock const lock(mutex_);
    return failed_servers_;
}
std::vector<flow::Client> Witness::clients() const {
    std::scoped_lock const lock(mutex_);
    return clients_;
}

// --- the proxy -------------------------------------------------------------------------------------------------------

ProxyFixture::ProxyFixture(std::vector<std::string> modes)
    : proxy([this](addons::LogEntry const& entry) {
          std::scoped_lock const lock(mutex_);
          log_ += std::string(to_string(entry.level)) + ": " + entry.message + '\n';
          logged_.notify_all();
      }) {
    proxy.options().update({{"mode", std::move(modes)},
                            {"listen_host", std::string("127.0.0.1")},
                            {"listen_port", addons::OptionalNumber(0)},
                            {"confdir", shared_confdir()}});
}

ProxyFixture& ProxyFixture::set(std::string const& setting) {
    proxy.options().apply({addons::parse_setting(setting)});
    return *this;
}

void ProxyFixture::start() {
    proxy.addons().add(witness);
    proxy.start();
}

std::string ProxyFixture::log() const {
    std::scoped_lock const lock(mutex_);
    return log_;
}

bool ProxyFixture::wait_for_log(std::string const& text) const {
    std::unique_lock lock(mutex_);
    return logged_.wait_for(lock, patience, [&] { return log_.find(text) != log_.npos; });
}

}  // namespace pathology::proxycore::proxy::test
