// What the layers obey: the options of the proxy as typed values. A connection keeps those it began with.
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

/// When a server is connected to (P11).
enum class ConnectionStrategy {
    lazy,   ///< when its data is needed
    eager,  ///< as soon as it is known
};

/// Which protocols are looked for, and how messages are treated.
struct HttpSettings {
    bool http2 = true;                                   ///< offered to clients and servers
    bool websocket = true;                               ///< messages become flow data; else the bytes pass as they are
    bool rawtcp = true;                                  ///< what does not look like HTTP passes as TCP
    bool keep_host_header = false;                       ///< reverse mode leaves the Host field alone (P06)
    bool validate_inbound_headers = true;                ///< refuse what makes the length of a message doubtful (P12)
    bool connect_send_host = true;                       ///< our own CONNECT has a Host field (P07)
    bool store_streamed_bodies = false;                  ///< a copy of what was streamed stays in the flow
    std::optional<std::uint64_t> stream_large_bodies{};  ///< bytes; larger bodies pass without being kept (P60)
    std::optional<std::uint64_t> body_size_limit{};      ///< bytes; larger bodies are an error (P61)
    http1::Limits limits{};                              ///< of heads (P17)
};

/// Regular expressions, searched in `host:port`, in any case (P14, P15); hosts.hpp asks them.
struct HostSettings {
    std::vector<pattern::Pattern> ignore{}, allow{}, tcp{};
    bool show_ignored = false;  ///< record ignored connections as TCP flows
    std::string own_site{};     ///< host whose requests an addon answers; nobody connects there (P28)
};

/// TLS on both sides (P20-P27).
struct TlsSettings {
    std::string confdir{};                    ///< folder of the authority; empty = the user's own
    std::string ca_basename{};                ///< file names of it; empty = ours
    unsigned key_size = 2048;                 ///< bits of a new authority's RSA key
    std::string passphrase{};                 ///< opens encrypted keys
    std::vector<std::string> certificates{};  ///< `[domain=]path`
    tls::VersionRange client_versions{}, server_versions{};
    tls::Ciphers client_ciphers{}, server_ciphers{};
    bool upstream_cert = true;                ///< look at the server's certificate before the client is answered (P22)
    bool add_upstream_certs = false;          ///< its chain is appended to ours
    bool insecure = false;                    ///< servers are not verified
    bool resume_servers = true;               ///< sessions that servers offer are gone on with
    tls::Trust trust{};                       ///< of servers; empty = the system's anchors
    std::string client_certificates{};        ///< file, or folder of files by host (P24)
    bool request_client_certificate = false;  ///< clients are asked for one, and may have none
    std::string key_log{};                    ///< file that gets the secrets of both sides; empty = none
};

struct TimeSettings {
    std::chrono::milliseconds idle{600'000};      ///< tcp_timeout: of a client connection without work (P17)
    std::chrono::milliseconds connect{30'000};    ///< name, TCP and TLS of a server, each
    std::chrono::milliseconds tunnel_probe{500};  ///< how long a silent client is waited for (P11)
    std::chrono::milliseconds stop{2'000};        ///< of hooks at the end, and of an upload once answered
};

struct Settings {
    std::vector<modes::Mode> modes{};  ///< the listeners, in this order
    modes::Listen listen{};            ///< what modes without an address of their own use
    ConnectionStrategy strategy = ConnectionStrategy::lazy;
    HttpSettings http{};
    HostSettings hosts{};
    TlsSettings tls{};
    TimeSettings times{};
    std::optional<tunnel::Credentials> upstream_auth{};  ///< P63
    bool asks_socks_users = false;                       ///< SOCKS clients have to say who they are (P08)
    std::size_t max_servers = 5;                         ///< simultaneous connections of one client to one target (P01)
};

}  // namespace pathology::proxycore::layers
