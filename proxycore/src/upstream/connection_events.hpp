// The life of a server connection in its record, in the log and in the hooks of addons.
//
//     connecting ─┬─▶ connected ─▶ closed
//                 └─▶ failed
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <string>

#include "layers/context.hpp"

namespace pathology::proxycore::upstream {

namespace asio = boost::asio;
using layers::Context;
using layers::Failure;
using layers::Result;

/// Each function updates the record, logs, and runs a hook if an addon wants it.
class ConnectionEvents {
public:
    explicit ConnectionEvents(Context& context) : context_(context) {}

    /// server_connect. An addon that set the record's error does not want the connection.
    asio::awaitable<void> connecting(flow::Server& server);
    /// The record and the log of an open connection; TLS may follow.
    void mark_connected(flow::Server& server);
    /// server_connected, after mark_connected().
    asio::awaitable<void> run_connected(flow::Server& server);
    /// server_connect_error; `reason` becomes the record's error.
    asio::awaitable<void> failed(flow::Server& server, std::string reason);
    /// server_disconnected, unless mark_closed() was called before.
    asio::awaitable<void> closed(flow::Server& server);

    /// The part of closed() that needs no coroutine. Returns false if it was done before.
    bool mark_closed(flow::Server& server);
    bool wants_closed() const { return context_.services.addons.wants(addons::Hook::server_disconnected); }
    /// The hook alone, after mark_closed().
    asio::awaitable<void> run_closed(std::shared_ptr<flow::Server> server);

private:
    asio::awaitable<void> run(flow::Server& server, addons::HookPoint<addons::ServerConnectionData&> const& hook);

    Context& context_;
};

/// Why a server whose record has an error is not tried again.
Failure failure_before(flow::Server const& server);

}  // namespace pathology::proxycore::upstream
