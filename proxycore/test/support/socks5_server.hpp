// A SOCKS5 server inside the test.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::test {

struct Socks5ServerOptions {
    std::uint16_t target = 0;  ///< port on 127.0.0.1 that every client is connected to, wherever it wanted to go
    std::optional<tunnel::Credentials> credentials;
    socks5::ReplyCode reply = socks5::ReplyCode::succeeded;  ///< to every request
};

class Socks5Server {
public:
    explicit Socks5Server(Socks5ServerOptions options);

    std::uint16_t port() const { return server_.port(); }
    std::uint64_t accepted() const { return server_.accepted(); }

    /// Where clients wanted to go, as "host:port", in order.
    std::vector<std::string> destinations() const;

private:
    boost::asio::awaitable<void> serve(net::Connection connection);

    Socks5ServerOptions options_;
    mutable std::mutex mutex_;
    std::vector<std::string> destinations_;
    net::Server server_;
};

}  // namespace pathology::proxycore::test
