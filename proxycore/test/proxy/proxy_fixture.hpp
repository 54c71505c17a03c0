// A proxy with an addon that writes down what it is called for, and a log that is kept.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;

/// Notes every hook with the connection or flow it is about, and does what a test wants of it.
class Witness final : public addons::Addon {
public:
    std::string name() const override { return "witness"; }

    // What to do in a hook; set before the proxy starts.
    std::function<void(flow::Client&)> on_client_connected{};
    std::function<void(addons::ServerConnectionData&)> on_server_connect{};
    std::function<void(flow::HttpFlow&)> on_requestheaders{}, on_request{}, on_response{};
    std::function<void(flow::HttpFlow&)> on_http_connect_upstream{};
    std::function<void(addons::NextLayerData&)> on_next_layer{};
    std::function<asio::awaitable<void>(flow::TcpFlow&)> on_tcp_message{};

    asio::awaitable<void> client_connected(flow::Client& client) override;
    asio::awaitable<void> client_disconnected(flow::Client& client) override;
    asio::awaitable<void> server_connect(addons::ServerConnectionData& data) override;
    asio::awaitable<void> server_connected(addons::ServerConnectionData& data) override;
    asio::awaitable<void> server_connect_error(addons::ServerConnectionData& data) override;
    asio::awaitable<void> server_disconnected(addons::ServerConnectionData& data) override;
    asio::awaitable<void> next_layer(addons::NextLayerData& data) override;
    asio::awaitable<void> http_connect_upstream(flow::HttpFlow& flow) override;
    asio::awaitable<void> requestheaders(flow::HttpFlow& flow) override;
    asio::awaitable<void> request(flow::HttpFlow& flow) override;
    asio::awaitable<void> response(flow::HttpFlow& flow) override;
    asio::awaitable<void> error(flow::HttpFlow& flow) override;
    asio::awaitable<void> tcp_start(flow::TcpFlow& flow) override;
    asio::awaitable<void> tcp_message(flow::TcpFlow& flow) override;
    asio::awaitable<void> tcp_end(flow::TcpFlow& flow) override;
    asio::awaitable<void> tcp_error(flow::TcpFlow& flow) override;

    /// The names of the hooks so far, in order.
    std::vector<std::string> calls() const;
    std::size_t count(std::string const& hook) const;
    /// Waits until a hook was called so often; false when it was not in time.
    bool wait_for(std::string const& hook, std::size_t times = 1) const;

    /// Copies of the flows that `response` and `error` saw, and of those that ended as TCP.
    std::vector<std::shared_ptr<flow::HttpFlow>> http_flows() const;
    std::vector<std::shared_ptr<flow::TcpFlow>> tcp_flows() const;
    /// Snapshots of the records, as server_disconnected and client_disconnected saw them.
    std::vector<flow::Server> servers() const;
    std::vector<flow::Server> failed_servers() const;  ///< as server_connect_error saw them
    std::vector<flow::Client> clients() const;

private:
    void note(std::string const& hook);
    template <class Flow> void keep(flow::Flow const& flow, std::vector<std::shared_ptr<Flow>>& among);

    mutable std::mutex mutex_;
    mutable std::condition_variable called_;
    std::vector<std::string> calls_;
    std::vector<std::shared_ptr<flow::HttpFlow>> http_flows_;
    std::vector<std::shared_ptr<flow::TcpFlow>> tcp_flows_;
    std::vector<flow::Server> servers_, failed_servers_;
    std::vector<flow::Client> clients_;
};

/// Listens on free ports of 127.0.0.1, with an authority that all tests of the program share.
class ProxyFixture {
public:
    explicit ProxyFixture(std::vector<std::string> modes = {"regular"});

    /// `name=value`, before start().
    ProxyFixture& set(std::string const& setting);
    void start();

    std::uint16_t port(std::size_t listener = 0) const { return proxy.port(listener); }
    /// `127.0.0.1:1234`
    std::string where(std::size_t listener = 0) const { return "127.0.0.1:" + std::to_string(port(listener)); }

    std::string log() const;  ///< all lines so far
    /// Waits until a line holds the text; false when none did in time.
    bool wait_for_log(std::string const& text) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable logged_;
    std::string log_;

public:
    std::shared_ptr<Witness> witness = std::make_shared<Witness>();
    Proxy proxy;
};

}  // namespace pathology::proxycore::proxy::test
