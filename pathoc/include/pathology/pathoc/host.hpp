// Where to connect to, as people type it.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// A host and the port that was written beside it.
struct Host {
    std::string name;                   ///< a name or an address, without the brackets of an IPv6 address
    std::optional<std::uint16_t> port;  ///< nothing when none was written

    friend bool operator==(Host const&, Host const&) = default;
};

/// What is wrong with a host; a whole sentence.
struct BadHost {
    std::string message;
};

/// Reads `host`, `host:port`, `[::1]`, `[::1]:port` or a bare IPv6 address (`::1`, which then has no port).
/// Errors: `Invalid port in host spec: TEXT`, `Invalid host spec: TEXT`.
boost::system::result<Host, BadHost> parse_host(std::string_view text);

/// `host:port`, with brackets around an IPv6 address.
std::string to_string(std::string_view name, std::uint16_t port);

[[noreturn]] void throw_exception_from_error(BadHost const& bad, boost::source_location const& where);

}  // namespace pathology::pathoc
