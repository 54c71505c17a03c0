// The proxies of a route, and the text that names them.
//
//     hops   = hop *( "," hop )                                            the nearest to the client first
//     hop    = [ scheme "://" ] [ user [ ":" password ] "@" ] host [ ":" port ] [ "/" ]
//     scheme = "http" | "https" | "socks5" | "socks5h"                     in any case; http unless given
//
// Examples:
//
//     proxy.test:3128
//     https://user:secret@proxy.test          TLS with the proxy itself
//     http://a:3128,socks5://[::1]            first a, which connects to the SOCKS5 server on port 1080
//
// User and password are percent-encoded (RFC 3986 §2.1): a comma is %2C, a slash %2F. Default ports: 80 of http, 443 of
// https, 1080 of socks5. Each hop resolves the name of the next one, and the last one that of the target; socks5h is
// another spelling of socks5.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tunnel {

/// A proxy of a route.
struct Hop {
    enum class Protocol : std::uint8_t { http, socks5 };
    Protocol protocol = Protocol::http;
    bool is_secure = false;  ///< TLS with the proxy itself
    Endpoint address{};
    std::optional<Credentials> credentials{};
    std::string name{};  ///< for messages, beside the address; empty = the proxy has none
    bool operator==(Hop const&) const = default;
};

enum class HopErrc : std::uint8_t {
    bad_scheme = 1,   ///< none of the schemes above
    bad_host,         ///< no host, or neither a name nor an address
    bad_port,         ///< not a number from 1 to 65535
    bad_credentials,  ///< no user before the "@", or one that the protocol cannot carry
    unexpected_path,  ///< something behind host and port
};

/// Why a text names no proxies.
struct HopFailure : BasicFailure<HopErrc> {
    Span span{};  ///< the invalid bytes of the text
};

/// Parses the grammar above.
/// Errors: a HopFailure, whose message does not contain the password.
boost::system::result<std::vector<Hop>, HopFailure> parse_hops(std::string_view text);

/// "http", "https" or "socks5".
std::string_view scheme_of(Hop const& hop);

/// `https://user:***@proxy.test:443`: with the port, and without the password.
std::string to_string(Hop const& hop);
/// All of them, separated by commas.
std::string to_string(std::span<Hop const> hops);

/// The same with the passwords, and with a slash at the end of each URL that has credentials: not for messages.
/// parse_hops() of it returns the same hops, but for their names.
std::string to_urls(std::span<Hop const> hops);

/// For messages: the name if there is one, and the address.
std::string label_of(Hop const& hop);

}  // namespace pathology::proxycore::tunnel
