// What a listener of the proxy does, as users write it.
//
//     mode   = name [ ":" data ] [ "@" [ host ":" ] port ]      split at the last "@"; the name in any case
//     name   = "regular" | "transparent" | "socks5"                                     without data
//            | "reverse" | "upstream"                                                   data = server
//            | "multiupstream"                                                          data = a folder
//     server = [ scheme "://" ] host [ ":" port ] [ "/" ]       no path, no credentials
//     scheme = "http" | "https" | "tcp" | "tls"                 upstream: the first two
//
// Examples:
//
//     regular                          an ordinary proxy on port 8080
//     regular@127.0.0.1:3128           the same on one address
//     reverse:example.org              in front of https://example.org:443
//     reverse:http://localhost:8000@80
//     reverse:tcp://db.test:5432       bytes as they are
//     upstream:http://proxy.test:3128  hands everything to another proxy
//     socks5                           on port 1080
//     transparent@[::1]:8080
//
// Default scheme: https for reverse, http for upstream. Default port: 80 of http, 443 of https, none of the others.
// Default listening port: 1080 for socks5, 8080 for the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/modes/failure.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::proxycore::modes {

struct Regular {
    bool operator==(Regular const&) const = default;
};
struct Transparent {
    bool operator==(Transparent const&) const = default;
};
struct Socks5 {
    std::uint16_t default_port = 1080;  ///< 8080 for the flag --socks
    bool operator==(Socks5 const&) const = default;
};
/// Stands in front of one server.
struct Reverse {
    flow::ServerSpec server;
    bool operator==(Reverse const&) const = default;
};
/// Hands everything to one proxy.
struct Upstream {
    flow::ServerSpec server;
    bool operator==(Upstream const&) const = default;
};
/// Hands everything to one of many proxies, chosen by the rules in a folder.
struct MultiUpstream {
    std::string folder;
    bool operator==(MultiUpstream const&) const = default;
};

/// Where a listener binds. Without a host it is that of the options, as a rule every interface.
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

/// Reads a mode specification.
/// Errors: those of Errc but duplicate and exclusive, each with its place.
Result<Mode> parse_mode(std::string_view text);

/// Reads a server alone, the arguments of `-R` and `-U`.
Result<flow::ServerSpec> parse_reverse_server(std::string_view text);
Result<flow::ServerSpec> parse_upstream_server(std::string_view text);

/// The text that gives the same mode; scheme and port of a server are always there.
std::string to_string(Mode const& mode);

/// The mode's name: "reverse".
std::string_view name_of(Mode const& mode);

/// What it does, for the start-up line: "reverse proxy to https://example.org:443".
std::string describe(Mode const& mode);

/// Where it listens, every default applied: @port before --listen-port before the mode's own; the same for the host.
struct ListenAddress {
    std::string host;  ///< empty = every interface
    std::uint16_t port = 0;
    bool operator==(ListenAddress const&) const = default;
};
ListenAddress listen_address(Mode const& mode, Listen const& options = {});

/// Errors: Errc::duplicate naming both, when two of them would listen on one address. Port 0 is a free one each time.
Result<void> check_listeners(std::vector<Mode> const& modes, Listen const& options = {});

/// The flags of old that stand for one mode each.
struct ModeFlags {
    std::optional<std::string> reverse{}, upstream{};  ///< -R, -U
    bool transparent = false, socks = false;           ///< -T, --socks
};

/// The modes that `--mode` arguments and flags ask for; regular when nothing does. `--socks` listens on 8080.
/// Errors: those of parse_mode(), exclusive.
Result<std::vector<Mode>> choose_modes(std::vector<std::string> const& specifications, ModeFlags const& flags);

}  // namespace pathology::proxycore::modes
