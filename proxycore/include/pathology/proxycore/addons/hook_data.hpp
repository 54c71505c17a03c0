// The arguments of hooks that get more than a flow or a connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::layers {
class Context;
}

namespace pathology::proxycore::addons {

/// A server connection, and the client that it is opened for.
struct ServerConnectionData {
    flow::Server& server;  ///< its address is set; to cancel, set `error` before it connects
    flow::Client& client;
};

/// A client that sent a ClientHello.
struct ClientHelloData {
    flow::Client& client;
    flow::Server& server;
    tls::ClientHello const& hello;
    bool ignore_connection = false;           ///< set it to relay the bytes without decrypting them
    bool establish_server_tls_first = false;  ///< set it to complete the handshake with the server first
};

/// The handshake with a client. Before it, addons may set context and identity; after it, `client` has its results.
struct ClientTlsData {
    flow::Client& client;
    flow::Server& server;
    std::optional<tls::AcceptContext> context{};
    std::optional<tls::Identity> identity{};
};

/// The handshake with a server.
struct ServerTlsData {
    flow::Client& client;
    flow::Server& server;
    std::optional<tls::ConnectContext> context{};
};

/// A client's credentials (RFC 1929).
struct Socks5AuthData {
    flow::Client& client;
    std::string username, password;
    bool valid = false;  ///< set it to accept them
};

/// The protocol of a stream.
enum class NextLayer {
    undecided,  ///< more bytes are needed
    tls_client,
    http,
    tcp,
    ignored,  ///< relayed and not recorded
};

/// A layer of an addon. It serves the client over `stream`, which begins with the bytes that were read so far. The
/// connection ends when it returns.
using OwnLayer =
    std::function<boost::asio::awaitable<void>(layers::Context& context, std::unique_ptr<net::Stream> stream)>;

/// A stream whose protocol is not known yet.
struct NextLayerData {
    flow::Client& client;
    flow::Server& server;
    std::string_view from_client, from_server;  ///< what was read so far
    NextLayer layer = NextLayer::undecided;     ///< the choice of the proxy; may be changed
    OwnLayer own_layer{};                       ///< set it to use this one instead of `layer`
};

}  // namespace pathology::proxycore::addons
