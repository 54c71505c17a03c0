// The mode of a listener: how clients use the proxy and where their requests go.
//
//     mode   = name [ ":" data ] [ "@" [ host ":" ] port ]      split at the last "@"; the name in any case
//     name   = "regular" | "transparent" | "socks5"                                     without data
//            | "reverse"                                                                data = server
//            | "upstream"                                                               data = hops of tunnel/hop.hpp
//            | "multiupstream"                                                          data = a folder
//     server = [ scheme "://" ] host [ ":" port ] [ "/" ]       no path, no credentials
//     scheme = "http" | "https" | "tcp" | "tls"
//
// Examples:
//
//     regular                          an HTTP proxy on port 8080
//     regular@127.0.0.1:3128           the same on one address
//     reverse:example.org              in front of https://example.org:443
//     reverse:http://localhost:8000@80
//     reverse:tcp://db.test:5432       a TCP relay
//     upstream:http://proxy.test:3128  forwards everything to another proxy
//     upstream:http://me:secret@a,socks5://b@81   through a, which connects to b; listens on port 81
//     multiupstream:/etc/proxies       through the proxies that the files of the folder name, by their rules
//     socks5                           on port 1080
//     transparent@[::1]:8080
//
// In upstream, an "@" with a whole proxy (host, or host and port) before it begins the listening address, and another one
// ends credentials. Where both could be meant, as in me:1234@proxy.test:3128, a slash decides: an "@" before the slash at
// the end of a URL belongs to the URL.
//
// Default scheme: https for reverse, http for upstream. Default port: 80 of http, 443 of https, none of the others.
// Default listening port: 1080 for socks5, 8080 for the rest.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/modes/failure.hpp>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::proxycore::modes {

/// The layer that reads the first bytes of a client.
enum class FirstLayer {
    http_proxy,   ///< HTTP requests with a target, CONNECT; also inside TLS with the proxy itself
    socks5,       ///< a SOCKS5 request
    transparent,  ///< any protocol, to the original destination
    reverse,      ///< any protocol, to the fixed server
};

/// The protocols that a mode accepts from clients.
enum class Protocol { any, http, tcp };

/// The properties of a mode. Layers use these, and never the type of a mode.
struct Traits {
    FirstLayer first_layer;
    Protocol protocol;
    bool is_explicit;    ///< the client names its target to the proxy
    bool is_redirected;  ///< a firewall rule sends connections here; the kernel knows their original destination
    std::uint16_t default_port;
    /// The only server of the mode, or nullptr. It determines TLS, SNI and the Host field, independently of the client.
    flow::ServerSpec const* fixed_server;
    std::span<tunnel::Hop const> upstream_proxies;  ///< those that everything goes through, the nearest first; or none
};

// A mode is a type with these members, listed in Mode::is:
//
//     name          in specifications; the parser finds the type by it
//     schemes       if the data is a server, stored in the member `server`: the allowed schemes, the default one first
//     proxies       a member for data that names proxies
//     folder        a member for data that is the path of a folder
//     traits()      valid as long as the mode itself
//     description() for the log line at the start
//
// One without traits() or description() does not compile.

struct Regular {
    static constexpr std::string_view name = "regular";
    Traits traits() const;
    std::string description() const;
    bool operator==(Regular const&) const = default;
};
struct Transparent {
    static constexpr std::string_view name = "transparent";
    Traits traits() const;
    std::string description() const;
    bool operator==(Transparent const&) const = default;
};
struct Socks5 {
    static constexpr std::string_view name = "socks5";
    std::uint16_t default_port = 1080;  ///< 8080 for the flag --socks
    Traits traits() const;
    std::string description() const;
    bool operator==(Socks5 const&) const = default;
};
/// A reverse proxy for one server.
struct Reverse {
    static constexpr std::string_view name = "reverse";
    static constexpr std::array<std::string_view, 4> schemes{"https", "http", "tcp", "tls"};
    flow::ServerSpec server;
    Traits traits() const;
    std::string description() const;
    bool operator==(Reverse const&) const = default;
};
/// Everything goes through another proxy, or a chain of them.
struct Upstream {
    static constexpr std::string_view name = "upstream";
    std::vector<tunnel::Hop> proxies;
    Traits traits() const;
    std::string description() const;
    bool operator==(Upstream const&) const = default;
};

/// Each request and each connection goes through one of many proxies, which the files of a folder configure.
struct MultiUpstream {
    static constexpr std::string_view name = "multiupstream";
    std::string folder;
    Traits traits() const;
    std::string description() const;
    bool operator==(MultiUpstream const&) const = default;
};

/// The address of a listener. Without a host that of the options is used, by default all interfaces.
struct Listen {
    std::optional<std::string> host{};  ///< without the brackets of an IPv6 address
    std::optional<std::uint16_t> port{};
    bool operator==(Listen const&) const = default;
};

/// One mode specification.
struct Mode {
    std::variant<Regular, Transparent, Socks5, Reverse, Upstream, MultiUpstream> is = Regular{};
    Listen listen{};
    bool operator==(Mode const&) const = default;
};

Traits traits_of(Mode const& mode);

/// Parses a mode specification.
/// Errors: those of Errc except duplicate and exclusive, each with its place.
Result<Mode> parse_mode(std::string_view text);

/// Parses a server or proxies alone, the arguments of `-R` and `-U`.
Result<flow::ServerSpec> parse_reverse_server(std::string_view text);
Result<std::vector<tunnel::Hop>> parse_upstream_proxies(std::string_view text);

/// The specification, with scheme and port of a server, and `***` in place of passwords.
std::string to_string(Mode const& mode);

/// The same with the passwords: not for messages. parse_mode() of it returns the same mode.
std::string to_specification(Mode const& mode);

/// The mode's name: "reverse".
std::string_view name_of(Mode const& mode);

/// For the log line at the start: "reverse proxy to https://example.org:443".
std::string describe(Mode const& mode);

/// The address to bind. The port is the first given of @port, --listen-port and the mode's default; the host likewise.
Endpoint listen_endpoint(Mode const& mode, Listen const& options = {});

/// Errors: Errc::duplicate, which names both, if two modes would listen on the same address. Port 0 never collides.
Result<void> check_listeners(std::vector<Mode> const& modes, Listen const& options = {});

/// Flags that are short for a mode.
struct ModeFlags {
    std::optional<std::string> reverse{}, upstream{};  ///< -R, -U
    bool transparent = false, socks = false;           ///< -T, --socks
};

/// The modes of the `--mode` arguments and flags; regular if there are none. `--socks` listens on 8080.
/// Errors: those of parse_mode(), exclusive.
Result<std::vector<Mode>> choose_modes(std::vector<std::string> const& specifications, ModeFlags const& flags);

}  // namespace pathology::proxycore::modes
