// The way to a server, and who chooses it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <string>
#include <variant>

namespace pathology::proxycore::upstream {

namespace asio = boost::asio;

/// To the server itself.
struct Direct {
    bool operator==(Direct const&) const = default;
};
/// Through another proxy: `scheme` is http, https (TLS to the proxy itself) or socks5.
struct Through {
    flow::ServerSpec proxy;
    std::optional<tunnel::Credentials> credentials{};
    bool operator==(Through const&) const = default;
};
/// To nobody: the client gets this answer. Where none can be given, its first line is the reason of the failure.
struct Answer {
    flow::Response response;
};
using Route = std::variant<Direct, Through, Answer>;

/// A connection that is wanted.
struct Wish {
    flow::Client const& client;
    Endpoint const& target;
    flow::HttpFlow const* flow = nullptr;  ///< the request it is for; null for bytes that are no HTTP
};

/// Chooses the way, once for each request. Those that remember something forget it in client_left().
///
/// Thread: that of the event loop.
class Selector {
public:
    Selector() = default;
    Selector(Selector const&) = delete;
    Selector& operator=(Selector const&) = delete;
    virtual ~Selector() = default;

    virtual asio::awaitable<Route> select(Wish const& wish) = 0;
    virtual void client_left(flow::Client const&) {}
};

/// Always the same way.
class Fixed final : public Selector {
public:
    explicit Fixed(Route route) : route_(std::move(route)) {}
    asio::awaitable<Route> select(Wish const& wish) override;

private:
    Route route_;
};

}  // namespace pathology::proxycore::upstream
