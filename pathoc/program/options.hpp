// The command line of pathoc.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/pathoc/client.hpp>
#include <pathology/pathoc/session.hpp>
#include <pathology/pathoc/tls_options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <set>
#include <string>
#include <vector>

namespace pathology::pathoc {

/// The format of standard output.
enum class OutputForm { text, json };

/// The parsed command line.
struct ProgramOptions {
    // the server
    std::string host;  ///< name or address, without brackets
    std::uint16_t port = 80;
    std::vector<proxycore::tunnel::Hop> proxies;  ///< to go through, the nearest first
    std::optional<proxycore::HostPort>
        tunnel;  ///< the server; `host` is then a proxy, used by CONNECT. The port is set
    std::optional<proxycore::tunnel::Credentials> proxy_auth;  ///< for the proxy (Basic)
    std::optional<proxycore::HostPort> socks;  ///< a SOCKS5 server that connects to `host` and resolves its name
    std::optional<proxycore::tunnel::Credentials> socks_auth;  ///< for the SOCKS5 server

    bool http2 = false;               ///< messages are HTTP/2 frames
    bool skip_http2_preface = false;  ///< sends the messages alone: no preface, no SETTINGS
    bool http2_reads_on = false;      ///< reads on after the server has broken a rule of HTTP/2
    GivenWindows windows;             ///< of HTTP/2

    TlsOptions tls;         ///< with the server, inside any tunnel
    bool show_tls = false;  ///< prints the TLS properties before the requests

    // messages
    std::vector<std::string> specs;               ///< as typed: a spec, the name of a file, `+path`, `-`
    std::int64_t connections = 1;                 ///< -1: no limit
    std::uint32_t parallel = 1;                   ///< so many connections at once
    bool owns_target = false;                     ///< floods of targets that are not loopback are allowed
    language::SetRate read_rate;                  ///< at which bytes of the server are read; the default is full speed
    std::optional<std::uint64_t> receive_buffer;  ///< bytes of the receive buffer of each connection
    std::uint32_t in_flight = 1;                  ///< requests of a connection that may await their response at once
    std::uint64_t repeat = 1;                     ///< each connection sends all specs as often
    std::chrono::nanoseconds wait{};              ///< before each connection but the first
    bool random_pick = false;                     ///< each connection sends one of the specs
    std::optional<std::uint64_t> seed;            ///< std::nullopt: drawn at random
    bool memo = false;                            ///< sends no message twice
    std::uint64_t memo_limit = 5000;              ///< the run ends after more duplicates in a row

    // timeouts
    std::optional<std::chrono::nanoseconds> time_limit =
        std::chrono::seconds(30);  ///< idle timeout; std::nullopt: none
    /// The idle timeout while WebSocket frames are awaited: only the one that -t gives, since a server need not send
    /// any.
    std::optional<std::chrono::nanoseconds> frame_time_limit;
    bool ignore_timeouts = false;

    // output
    std::set<unsigned> ignored_codes;
    bool explain = false;
    bool one_shot = false;
    bool show_request = false, show_response = false, hex = false;
    bool show_frames = false;  ///< prints the HTTP/2 frames sent and received
    bool timestamps = true;
    OutputForm form = OutputForm::text;
    std::size_t body_limit = 1U << 20U;  ///< bytes of each content in --json

    // instead of sending
    bool preview = false;
    bool show_user_agents = false;
};

/// Parses the arguments of main. The Exit has the status `done` for --help and --version, `usage` for an error.
boost::system::result<ProgramOptions, proxycore::console::Exit> parse_options(int argc, char const* const* argv);

/// The part of the options that describes the route to the server.
ClientOptions connection_options(ProgramOptions const& options);

}  // namespace pathology::pathoc
