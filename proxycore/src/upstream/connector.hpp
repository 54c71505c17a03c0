// Opens server connections: hooks, TCP, proxies, TLS.
//
//     server_connect ─▶ TCP and proxies ─┬─▶ server_connected ─▶ [TLS] ─┬─▶ stream
//                                        └─▶ server_connect_error       └─▶ server_disconnected
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <vector>

#include "layers/context.hpp"
#include "upstream/connection_events.hpp"
#include "upstream/connection_pool.hpp"

namespace pathology::proxycore::upstream {

/// Errors: unreachable and timed_out, naming host and port; untrusted for TLS; cancelled if an addon set the record's
///         error. An address of the proxy itself is refused. Every failure becomes the record's error.
/// Cancel: terminal; the hooks of the end run before the exception goes on, within TimeSettings::stop.
class ServerConnector {
public:
    ServerConnector(Context& context, ConnectionEvents& events) : context_(context), events_(events) {}

    /// Connects `record` along the hops of `key`, with TLS if the key is secure. Notes endpoints and times.
    asio::awaitable<Result<std::unique_ptr<net::Stream>>> open(std::shared_ptr<flow::Server> record,
                                                               EndpointKey const& key, std::vector<std::string> alpn);
    /// TLS over a connection that was opened without.
    asio::awaitable<Result<std::unique_ptr<net::Stream>>> secure(std::shared_ptr<flow::Server> record,
                                                                 std::unique_ptr<net::Stream> stream,
                                                                 std::vector<std::string> alpn);
    /// The hooks of a connection that a route with a response does not allow.
    asio::awaitable<Failure> refuse(std::shared_ptr<flow::Server> record, flow::Response const& response);

private:
    class Attempt;

    Context& context_;
    ConnectionEvents& events_;
};

}  // namespace pathology::proxycore::upstream
