// Records of connections: one of the client's, one of the server's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/attachments.hpp>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/flow/shared_list.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// Which directions of a connection are open: a set of flags.
///
///     closed ──connected──▶ active ──peer's FIN──▶ open|can_write ──our FIN──▶ closed
///                              └────our FIN──▶ open|can_read ──peer's FIN──▶ closed
///
/// The numbers are those of the documented interface.
enum class ConnectionState : std::uint8_t { closed = 0, open = 1, can_read = 2, can_write = 4, active = 7 };

constexpr ConnectionState operator|(ConnectionState a, ConnectionState b) {
    return static_cast<ConnectionState>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr ConnectionState operator&(ConnectionState a, ConnectionState b) {
    return static_cast<ConnectionState>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
/// Whether `state` has every flag of `flags`.
constexpr bool has(ConnectionState state, ConnectionState flags) { return (state & flags) == flags; }

/// The peer has ended its direction.
constexpr ConnectionState after_peer_ended(ConnectionState state) {
    return has(state, ConnectionState::can_write) ? ConnectionState::open | ConnectionState::can_write
                                                  : ConnectionState::closed;
}
/// We have ended ours.
constexpr ConnectionState after_we_ended(ConnectionState state) {
    return has(state, ConnectionState::can_read) ? ConnectionState::open | ConnectionState::can_read
                                                 : ConnectionState::closed;
}

/// "CLOSED", "ACTIVE", "OPEN|CAN_WRITE".
std::string to_string(ConnectionState state);

/// The common part of both.
///
/// Identity: `id` alone: two records with the same id compare equal. A copy of the object is a snapshot with the same
/// id; copy() makes a record of another connection.
/// Order:    timestamp_start ≤ timestamp_tcp_setup ≤ timestamp_tls_setup ≤ timestamp_end.
struct Connection {
    Id id = Id::make();
    std::optional<Endpoint> peername{};  ///< the other end, resolved; std::nullopt if an upstream proxy resolves it
    std::optional<Endpoint> sockname{};  ///< our end
    ConnectionState state = ConnectionState::closed;
    /// Why the connection is not used: connecting or verification failed. Addons set it to refuse the connection.
    std::optional<std::string> error{};

    bool tls = false;                                 ///< TLS is wanted; see tls_established()
    SharedList<tls::Certificate> certificate_list{};  ///< as the peer sent them, its own one first
    std::optional<std::string> alpn{};                ///< the protocol agreed on; "" = none was
    SharedList<std::string> alpn_offers{};            ///< what was to choose from
    std::optional<std::string> cipher{};              ///< in the TLS library's words
    SharedList<std::string> cipher_list{};            ///< what was to choose from
    std::optional<std::string> tls_version{};         ///< "TLSv1.3"
    std::optional<std::string> sni{};                 ///< received from a client, sent to a server

    MaybeTime timestamp_start{};      ///< accepted; of a server: connecting began, before its name was resolved
    MaybeTime timestamp_tls_setup{};  ///< the handshake was done
    MaybeTime timestamp_end{};        ///< closed

    Attachments attachments{};  ///< objects of addons

    bool connected() const { return state == ConnectionState::active; }
    bool tls_established() const { return timestamp_tls_setup.has_value(); }

    friend bool operator==(Connection const& a, Connection const& b) { return a.id == b.id; }

protected:
    Connection() = default;
    explicit Connection(Id its_id) : id(its_id) {}
    ~Connection() = default;
    Connection(Connection const&) = default;
    Connection(Connection&&) = default;
    Connection& operator=(Connection const&) = default;
    Connection& operator=(Connection&&) = default;

    template <class Self, class Visitor> static void visit_connection(Self& self, Visitor&& visit) {
        visit("id", self.id);
        visit("peername", self.peername);
        visit("sockname", self.sockname);
        visit("state", self.state);
        visit("error", self.error);
        visit("tls", self.tls);
        visit("certificate_list", items_of(self.certificate_list));
        visit("alpn", self.alpn);
        visit("alpn_offers", items_of(self.alpn_offers));
        visit("cipher", self.cipher);
        visit("cipher_list", items_of(self.cipher_list));
        visit("tls_version", self.tls_version);
        visit("sni", self.sni);
        visit("timestamp_start", self.timestamp_start);
        visit("timestamp_tls_setup", self.timestamp_tls_setup);
        visit("timestamp_end", self.timestamp_end);
    }

private:
    template <class T> static std::vector<T> const& items_of(SharedList<T> const& list) { return list.items(); }
    template <class T> static std::vector<T>& items_of(SharedList<T>& list) { return list.edit(); }
};

/// The connection that the proxy accepted.
struct Client : Connection {
    Client() = default;
    /// An accepted connection: active, begun `now`.
    Client(Endpoint peer, Endpoint self, Time now, Id its_id = Id::make());

    std::optional<tls::Certificate> mitmcert{};  ///< the certificate we showed
    std::string proxy_mode = "regular";          ///< the mode specification of the listener

    /// The other end; another name of `peername`.
    std::optional<Endpoint> const& address() const { return peername; }
    Client copy() const;                         ///< the same, as another connection
    static Client make_dummy(Endpoint address);  ///< for tests: active, began at 0

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit_connection(self, visit);
        visit("mitmcert", self.mitmcert);
        visit("proxy_mode", self.proxy_mode);
    }
};

/// A server as a mode names it: scheme, host, port.
struct ServerSpec {
    std::string scheme;  ///< "http", "https", "socks5"
    Endpoint address;
    bool operator==(ServerSpec const&) const = default;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit("scheme", self.scheme);
        visit("address", self.address);
    }
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
    explicit Server(std::optional<Endpoint> address, Id its_id = Id::make())
        : Connection(its_id), address_(std::move(address)) {}

    /// The target as requested, a name or an address; std::nullopt until it is known.
    std::optional<Endpoint> const& address() const { return address_; }
    /// Errors: throws SetServerNotAllowedException if that changes it while the connection is open.
    void set_address(std::optional<Endpoint> address);
    /// The proxy in between; std::nullopt = direct. May be changed as the address.
    std::optional<ServerSpec> const& via() const { return via_; }
    void set_via(std::optional<ServerSpec> via);

    MaybeTime timestamp_tcp_setup{};  ///< the TCP handshake was done

    Server copy() const;  ///< the same, as another connection
    /// A record of this connection as it is now, with its attachments: what changes later in one is not seen in the
    /// other. Each flow has one, as `Flow::server_conn`.
    std::shared_ptr<Server> snapshot() const;
    static Server make_dummy(Endpoint address);  ///< for tests: active, began at 0

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit_connection(self, visit);
        visit("address", self.address_);
        visit("via", self.via_);
        visit("timestamp_tcp_setup", self.timestamp_tcp_setup);
    }

private:
    void expect_not_open(char const* what) const;

    std::optional<Endpoint> address_;
    std::optional<ServerSpec> via_;
};

/// One line for logs: "Client(127.0.0.1:4242, ACTIVE, TLS)", "Server(example.org:443, CLOSED)".
std::string to_string(Client const& client);
std::string to_string(Server const& server);

}  // namespace pathology::proxycore::flow
