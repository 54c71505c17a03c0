// The way to the server, layer by layer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/pathoc/client.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/options.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tunnel/destination.hpp>
#include <string>
#include <utility>

#include "tls_layer.hpp"

namespace pathology::pathoc {

using proxycore::tunnel::Destination;

/// What stands between us and the server, the nearest first.
struct Route {
    std::optional<Destination> socks;  ///< a SOCKS5 server, which connects us to `host`
    std::optional<Credentials> socks_auth;
    Destination host;                   ///< the server, or the HTTP proxy in front of it
    std::optional<Destination> tunnel;  ///< the server, when `host` is a proxy that CONNECT asks for a tunnel
    std::optional<Credentials> proxy_auth;
    std::shared_ptr<TlsLayer const> tls;  ///< spoken with the server; none = plain text
    std::string address;                  ///< of the nearest of them, once it is known: spares the name server

    Destination const& nearest() const { return socks ? *socks : host; }
    Destination const& server() const { return tunnel ? *tunnel : host; }
};

/// A way that was gone, to its end.
struct Opened {
    Opened(std::unique_ptr<proxycore::net::Stream> its_stream,
           std::shared_ptr<proxycore::tls::ConnectionInfo const> its_tls)
        : stream(std::move(its_stream)), tls(std::move(its_tls)) {}

    std::unique_ptr<proxycore::net::Stream> stream;
    std::shared_ptr<proxycore::tls::ConnectionInfo const> tls;  ///< what was agreed on; none = plain text
};

/// Reads the route out of what both faces of pathoc call by the same names.
Route route_of(Options const& options);
Route route_of(ClientOptions const& options);

/// Connects to the nearest, then goes through one layer after the other. `route` must outlive the await.
///
/// Errors: Errc::cannot_connect  when the nearest cannot be reached
///         Errc::proxy_refused   when a proxy refuses, or answers in a language of its own
///         Errc::tls_failed      when there is no TLS with the server
///         Errc::timed_out       when a proxy, or the server in its handshake, takes longer than `limit`
boost::asio::awaitable<Result<Opened>> open(Route const& route, proxycore::net::TimeLimit limit);

}  // namespace pathology::pathoc
