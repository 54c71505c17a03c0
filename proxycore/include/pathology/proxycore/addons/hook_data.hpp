// What hooks are given, where that is more than a flow or a connection.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// A server connection, and the client for which it is made.
struct ServerConnectionData {
    flow::Server& server;  ///< its address is set; setting `error` before it connects cancels
    flow::Client& client;
};

/// A client that begins with TLS.
struct ClientHelloData {
    flow::Client& client;
    flow::Server& server;
    tls::ClientHello const& hello;
    bool ignore_connection = false;           ///< set: pass the bytes on, and do not look into them
    bool establish_server_tls_first = false;  ///< set: shake hands with the server before the client is answered
};

/// The handshake with a client. Before it an addon may say how it is done; after it `client` tells what came of it.
struct ClientTlsData {
    flow::Client& client;
    flow::Server& server;
    std::optional<tls::ServerContext> context{};
    std::optional<tls::Identity> identity{};
};

/// The handshake with a server.
struct ServerTlsData {
    flow::Client& client;
    flow::Server& server;
    std::optional<tls::ClientContext> context{};
};

/// A client's credentials (RFC 1929).
struct Socks5AuthData {
    flow::Client& client;
    std::string username, password;
    bool valid = false;  ///< set: let it in
};

/// What a conversation goes on with.
enum class NextLayer {
    undecided,  ///< more bytes are needed
    tls_client,
    http,
    tcp,
    ignored,  ///< passed through and not recorded
};

/// A conversation whose protocol is not known yet.
struct NextLayerData {
    flow::Client& client;
    flow::Server& server;
    std::string_view from_client, from_server;  ///< what was read so far
    NextLayer layer = NextLayer::undecided;     ///< set: go on with this
};

}  // namespace pathology::proxycore::addons
