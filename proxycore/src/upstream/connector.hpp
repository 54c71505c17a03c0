// A connection along a route, whatever lies on it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/upstream/route.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;
class Context;

/// How far a connection through an HTTP proxy is to lead.
enum class Reach {
    proxy,   ///< to the proxy, which reads the requests (P07, plain HTTP)
    target,  ///< through it: by CONNECT
};

/// Opens the connection of `server`, and notes its endpoints and times. SOCKS always leads to the target.
///
/// Errors: unreachable and timed_out, naming host and port; an address of our own is refused. For an Answer the
///         reason is its status line.
asio::awaitable<Result<std::unique_ptr<net::Stream>>> connect_along(Context& context, upstream::Route const& route,
                                                                    flow::Server& server, Reach reach);

}  // namespace pathology::proxycore::layers
