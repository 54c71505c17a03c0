// An HTTP server inside the test: it records the requests and responds.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;

/// Reads until a head is complete, or the client has closed. For conducts of an Origin.
asio::awaitable<void> read_head(net::Stream& stream);

/// Responds to every request with its name, over connections that stay open; or runs a function for each connection.
class Origin {
public:
    using Conduct = std::function<asio::awaitable<void>(net::Stream& stream)>;

    explicit Origin(std::string name = "origin", std::string host = "127.0.0.1");
    explicit Origin(Conduct conduct);

    std::uint16_t port() const { return server_.port(); }
    /// `127.0.0.1:1234`
    std::string where() const { return to_string(server_.local_endpoint()); }
    /// `http://127.0.0.1:1234`
    std::string url() const { return "http://" + where(); }
    std::uint64_t accepted() const { return server_.accepted(); }
    std::size_t connections() const { return server_.connections(); }
    void stop() { server_.stop(); }

    /// The heads of all requests so far, as received.
    std::vector<std::string> asked() const;

private:
    asio::awaitable<void> response(net::Stream& stream);

    std::string name_;
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    net::Server server_;
};

}  // namespace pathology::proxycore::proxy::test
