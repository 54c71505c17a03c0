// What is sent to each connection when it is accepted, before TLS and before anything is read.
//
//     accepted ─▶ prepare ─▶ log ─▶ send ─▶ log the end ─┬─▶ TLS, HTTP: as without the message
//                                                       └─▶ end, if the spec or an error ended the connection
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/net/server.hpp>

#include "daemon_context.hpp"

namespace pathology::pathod {

/// Why an option of the daemon is invalid: a message, and for a spec its line and a caret.
struct OptionFailure {
    std::string message;
};

/// Prepares the spec of DaemonOptions::on_accept: a spec, the name of a file, or `+PATH`. nullptr if there is none.
/// Errors: a spec that cannot be sent before a request, or that the other options forbid.
boost::system::result<PreparedSpecPtr, OptionFailure> read_accept_message(DaemonOptions const& options);

/// Sends the message of the worker's daemon to a connection, and logs it. Returns false if that ended the connection.
boost::asio::awaitable<bool> send_accept_message(proxycore::net::Connection& connection, WorkerContext& worker);

}  // namespace pathology::pathod
