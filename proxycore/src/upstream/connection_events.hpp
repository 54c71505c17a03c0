// A server connection from its first hook to its last.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <vector>

#include "upstream/connector.hpp"

namespace pathology::proxycore::layers {

/// Runs server_connect, connects, and runs server_connected or server_connect_error. A failure becomes the record's
/// error. The record is open then, TLS not yet spoken.
asio::awaitable<Result<std::unique_ptr<net::Stream>>> open_server(Context& context, upstream::Route const& route,
                                                                  flow::Server& server, Reach reach);

/// Puts TLS over it. A failure closes the connection, and becomes the record's error.
asio::awaitable<Result<std::unique_ptr<net::Stream>>> secure_opened(Context& context, flow::Server& server,
                                                                    std::unique_ptr<net::Stream> stream,
                                                                    std::vector<std::string> alpn);

/// Notes in the record of a connection that it is closed, and says so in the log; false when that was done before.
bool note_end(Context& context, flow::Server& server);
/// The same, then server_disconnected.
asio::awaitable<void> end_server(Context& context, flow::Server& server);

/// Why no other connection to it is tried: its record's error.
Failure failure_before(flow::Server const& server);

}  // namespace pathology::proxycore::layers
