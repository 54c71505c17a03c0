// What is known of a connection: one record for the client's side, one for the server's.
#pragma once

#include <optional>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/address.hpp>
#include <pathology/proxycore/flow/connection_state.hpp>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// What both sides have.
///
/// Identity: `id` alone; two records of one id are the same connection, whatever else they say. Copying an object takes
///           a snapshot and keeps the id, copy() makes another connection.
/// Order:    timestamp_start ≤ timestamp_tcp_setup ≤ timestamp_tls_setup ≤ timestamp_end.
struct Connection {
    Id id = Id::make();
    std::optional<Address> peername{};  ///< the other end, resolved; nothing where an upstream proxy resolves
    std::optional<Address> sockname{};  ///< our end
    ConnectionState state = ConnectionState::closed;
    /// Why nothing more is to be tried with this endpoint: a failed connect or verification. An addon sets it to kill.
    std::optional<std::string> error{};

    bool tls = false;                                ///< is to become TLS; tls_established() says that it has
    std::vector<tls::Certificate> certificate_list;  ///< as the peer sent them, its own one first
    std::optional<std::string> alpn{};               ///< the protocol agreed on; "" = none was
    std::vector<std::string> alpn_offers{};          ///< what was to choose from
    std::optional<std::string> cipher{};             ///< in the TLS library's words
    std::vector<std::string> cipher_list{};          ///< what was to choose from
    std::optional<std::string> tls_version{};        ///< "TLSv1.3"
    std::optional<std::string> sni{};                ///< received from a client, sent to a server

    MaybeTime timestamp_start{};      ///< accepted; of a server: connecting began, before its name was resolved
    MaybeTime timestamp_tls_setup{};  ///< the handshake was done
    MaybeTime timestamp_end{};        ///< closed

    bool connected() const { return state == ConnectionState::active; }
    bool tls_established() const { return timestamp_tls_setup.has_value(); }

    friend bool operator==(Connection const& a, Connection const& b) { return a.id == b.id; }

protected:
    Connection() = default;
    ~Connection() = default;
    Connection(Connection const&) = default;
    Connection(Connection&&) = default;
    Connection& operator=(Connection const&) = default;
    Connection& operator=(Connection&&) = default;
};

/// The connection that the proxy accepted.
struct Client : Connection {
    Client() = default;
    /// An accepted connection: active, begun `now`.
    Client(Address peer, Address self, Time now);

    std::optional<tls::Certificate> mitmcert{};  ///< the certificate we showed
    std::string proxy_mode = "regular";          ///< the mode specification of the listener

    /// The other end; another name of `peername`.
    std::optional<Address> const& address() const { return peername; }
    Client copy() const;                        ///< the same, as another connection
    static Client make_dummy(Address address);  ///< for tests: active, began at 0
};

/// A server as a mode names it: scheme, host, port.
struct ServerSpec {
    std::string scheme;  ///< "http", "https", "socks5"
    Address address;
    bool operator==(ServerSpec const&) const = default;
};

/// `scheme://host:port`, the port always there.
std::string to_string(ServerSpec const& spec);

/// The address of a server, or the route to it, was to be changed while the connection is open.
class SetServerNotAllowedException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// The connection that the proxy opens.
class Server : public Connection {
public:
    Server() = default;
    explicit Server(std::optional<Address> address) : address_(std::move(address)) {}

    /// The target as it was asked for, a name or an address. Nothing until one is known.
    std::optional<Address> const& address() const { return address_; }
    /// Errors: throws SetServerNotAllowedException while the connection is open, unless nothing changes.
    void set_address(std::optional<Address> address);
    /// The way to it; nothing = direct. The same rule holds.
    std::optional<ServerSpec> const& via() const { return via_; }
    void set_via(std::optional<ServerSpec> via);

    MaybeTime timestamp_tcp_setup{};  ///< the TCP handshake was done

    Server copy() const;                        ///< the same, as another connection
    static Server make_dummy(Address address);  ///< for tests: active, began at 0

private:
    void expect_not_open(char const* what) const;

    std::optional<Address> address_;
    std::optional<ServerSpec> via_;
};

/// One line for logs: "Client(127.0.0.1:4242, ACTIVE, TLS)", "Server(example.org:443, CLOSED)".
std::string to_string(Client const& client);
std::string to_string(Server const& server);

}  // namespace pathology::proxycore::flow
