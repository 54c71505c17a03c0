// The route to the server: proxies, then TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/language/plan.hpp>
#include <pathology/pathoc/client.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tunnel/connector.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tls_layer.hpp"

namespace pathology::pathoc {

using proxycore::Endpoint;

struct Route {
    std::vector<proxycore::tunnel::Hop> hops{};  ///< the nearest first
    std::size_t proxies = 0;                     ///< so many of them come from ClientOptions::proxies
    Endpoint target{};
    std::shared_ptr<TlsLayer const> tls{};          ///< with the target; nullptr for plain text
    std::shared_ptr<TlsLayer const> proxies_tls{};  ///< with hops that use TLS themselves; nullptr if none does
    language::SetRate read_rate{};                  ///< at which the target is read, inside of TLS
    std::optional<int> receive_buffer{};            ///< bytes, of the TCP connection
    std::string address{};                          ///< resolved address of the nearest host, for later connections

    Endpoint const& nearest() const { return hops.empty() ? target : hops.front().address; }
};

/// An opened route: the stream and its TLS details.
struct Opened {
    Opened(std::unique_ptr<proxycore::net::Stream> its_stream,
           std::shared_ptr<proxycore::tls::ConnectionInfo const> its_tls)
        : stream(std::move(its_stream)), tls(std::move(its_tls)) {}

    std::unique_ptr<proxycore::net::Stream> stream;
    std::shared_ptr<proxycore::tls::ConnectionInfo const> tls;  ///< nullptr for plain text
};

/// The route that the options describe, without its TLS layers.
Route route_of(ClientOptions const& options);

/// Makes the TLS layers of the route, unless they are made already.
/// Errors: Errc::tls_failed for invalid options and unreadable files.
Result<void> add_tls(Route& route, TlsOptions const& options);

/// Connects to the nearest host, then through each proxy, then runs the TLS handshake. The stream is read at the rate
/// of the route. `route` must outlive the await.
///
/// Errors: Errc::cannot_connect  if the nearest host cannot be reached
///         Errc::proxy_refused   if a proxy refuses, or violates its protocol
///         Errc::tls_failed      if the TLS handshake fails
///         Errc::timed_out       if a proxy or the TLS handshake takes longer than `limit`
boost::asio::awaitable<Result<Opened>> open(Route const& route, proxycore::net::TimeLimit limit);

}  // namespace pathology::pathoc
