// A server that says what a test wants, whatever it is asked.
#pragma once

#include <memory>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::pathoc::test {

/// What the server does when it has given its last response.
enum class Then {
    close,  ///< ends the connection in order
    stay,   ///< says nothing more
    reset,  ///< cuts the connection without reading the rest
};

/// Reads one request head after another and gives the next answer to each; every connection begins anew.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<std::string> responses, Then then = Then::close);

    std::uint16_t port() const { return server_.port(); }
    std::uint64_t accepted() const { return server_.accepted(); }

    /// The heads read so far, on all connections, in order.
    std::vector<std::string> heads() const;

private:
    boost::asio::awaitable<void> serve(proxycore::net::Connection connection);

    std::vector<std::string> responses_;
    Then then_;
    mutable std::mutex mutex_;
    std::vector<std::string> heads_;
    proxycore::net::Server server_;
};

}  // namespace pathology::pathoc::test
