// An HTTP server inside the test: it notes what it is asked, and answers.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;

/// Answers every request with its name, over connections that stay open; or does with each connection what it is told.
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

    /// The heads of all requests so far, as they came.
    std::vector<std::string> asked() const;

private:
    asio::awaitable<void> response(net::Stream& stream);

    std::string name_;
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    net::Server server_;
};

}  // namespace pathology::proxycore::proxy::test
