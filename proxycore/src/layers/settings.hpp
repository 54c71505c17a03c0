// The options of the proxy as typed values. A connection keeps the settings that it began with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/http1/settings.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::layers {

/// When the proxy connects to a server (P11).
enum class ConnectionStrategy {
    lazy,   ///< when its data is needed
    eager,  ///< as soon as its address is known
};

/// Which protocols are recognised, and how messages are treated.
struct HttpSettings {
    bool http2 = true;                                   ///< offered to clients and servers
    bool websocket = true;                               ///< messages are recorded in the flow; else bytes are relayed
    bool rawtcp = true;                                  ///< bytes that do not look like HTTP are relayed as TCP
    bool keep_host_header = false;                       ///< reverse mode does not change the Host field (P06)
    bool validate_inbound_headers = true;                ///< reject messages of ambiguous length (P12)
    bool connect_send_host = true;                       ///< our own CONNECT has a Host field (P07)
    bool store_streamed_bodies = false;                  ///< the flow keeps a copy of streamed bodies
    std::optional<std::uint64_t> stream_large_bodies{};  ///< bytes; larger bodies are streamed, not stored (P60)
    std::optional<std::uint64_t> body_size_limit{};      ///< bytes; a larger body is an error (P61)
    /// Media types whose bodies may have no end: `type/subtype`, with any `+suffix` (P60).
    std::vector<std::string> stream_types{"text/event-stream", "application/grpc", "multipart/x-mixed-replace"};
    http1::Limits limits{};  ///< of heads (P17)
};

/// Regular expressions, searched in `host:port` without regard to case (P14, P15). hosts.hpp applies them.
struct HostSettings {
    std::vector<pattern::Pattern> ignore{}, allow{}, tcp{};
    bool show_ignored = false;  ///< record ignored connections as TCP flows
    std::string own_site{};     ///< host whose requests an addon serves; never connected to (P28)
};

/// TLS on both sides (P20-P27).
struct TlsSettings {
    std::string confdir{};                    ///< folder of the authority; empty = the default of the user
    std::string ca_basename{};                ///< prefix of its file names; empty = the default
    unsigned key_size = 2048;                 ///< bits of the RSA key of a new authority
    std::string passphrase{};                 ///< decrypts private keys
    std::vector<std::string> certificates{};  ///< `[domain=]path`
    tls::VersionRange client_versions{}, server_versions{};
    tls::Ciphers client_ciphers{}, server_ciphers{};
    bool upstream_cert = true;                ///< read the server's certificate before the client's handshake (P22)
    bool add_upstream_certs = false;          ///< the server's chain is appended to the certificate for the client
    bool insecure = false;                    ///< certificates of servers are not verified
    bool resume_servers = true;               ///< TLS sessions with servers are resumed
    tls::Trust trust{};                       ///< anchors for servers; empty = those of the system
    std::string client_certificates{};        ///< file, or folder of files by host (P24)
    bool request_client_certificate = false;  ///< request a certificate from clients; it stays optional
    std::string key_log{};                    ///< file for the TLS secrets of both sides (SSLKEYLOGFILE); empty = none
};

struct TimeSettings {
    std::chrono::milliseconds idle{600'000};      ///< tcp_timeout: a client connection without traffic (P17)
    std::chrono::milliseconds connect{30'000};    ///< each of name resolution, TCP and TLS of a server
    std::chrono::milliseconds tunnel_probe{500};  ///< how long to wait for the first bytes of a client (P11)
    std::chrono::milliseconds stop{2'000};        ///< last hooks, and the rest of an upload after its response
};

struct Settings {
    std::vector<modes::Mode> modes{};  ///< the listeners, in this order
    modes::Listen listen{};            ///< address of modes that do not name one
    ConnectionStrategy strategy = ConnectionStrategy::lazy;
    HttpSettings http{};
    HostSettings hosts{};
    TlsSettings tls{};
    TimeSettings times{};
    std::optional<tunnel::Credentials> upstream_auth{};  ///< P63
    bool asks_socks_users = false;                       ///< SOCKS clients have to authenticate (P08)
    std::size_t max_servers_per_address = 2000;          ///< simultaneous connections for all clients at one address
    std::size_t max_servers = 5;                         ///< simultaneous connections of one client to one target (P01)
};

}  // namespace pathology::proxycore::layers
