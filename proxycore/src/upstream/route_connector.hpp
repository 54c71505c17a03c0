// The steps of the proxy between TCP and the end of a route.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/tunnel/connector.hpp>
#include <string>

#include "layers/context.hpp"

namespace pathology::proxycore::upstream {

namespace asio = boost::asio;
using layers::Context;
using layers::Failure;

/// No connection; the message names what could not be reached.
Failure unreachable(std::string message);

/// Opens TCP, TLS with proxies and tunnels, and notes endpoints and times in the record of the server.
///
/// Errors: unreachable and timed_out, naming host and port; untrusted for TLS. A failure of a proxy has a
///         ProxyFault, and its message the name of the proxy. An address of the proxy itself is refused.
/// Cancel: terminal.
class RouteConnector final : public tunnel::Connector<Failure> {
public:
    /// `nearest` is the first hop; nullptr without hops.
    RouteConnector(Context& context, flow::Server& server, tunnel::Hop const* nearest)
        : context_(context), server_(server), nearest_(nearest) {}

private:
    asio::awaitable<Connected> connect_tcp(Endpoint const& address) override;
    asio::awaitable<Connected> secure(tunnel::Hop const& hop, StreamPtr stream) override;
    asio::awaitable<http::RequestHead> make_connect_request(tunnel::Hop const& hop, Endpoint const& next) override;
    Failure failure_of(tunnel::Hop const& hop, tunnel::Failure const& why) const override;

    bool is_this_proxy(Endpoint const& address) const {
        auto const& ask = context_.services.is_ourselves;
        return ask && ask(address);
    }

    Context& context_;
    flow::Server& server_;
    tunnel::Hop const* nearest_;
};

}  // namespace pathology::proxycore::upstream
