// URLs as the proxy needs them: taken apart, put together, and what stands in their path and query.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/flow/multi_dict.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::flow {

/// An absolute URL of http or https (RFC 9110 §4.2).
struct Url {
    std::string scheme;  ///< lower case
    std::string host;    ///< without the brackets of an IPv6 address
    std::uint16_t port = 0;
    std::string path;  ///< begins with a slash; query and fragment included
    bool operator==(Url const&) const = default;
};

enum class UrlErrc : std::uint8_t {
    bad_scheme = 1,  ///< none, or one other than http and https
    bad_authority,   ///< no valid host and port
    bad_path,        ///< a blank or a control character
    bad_target,      ///< a request target without a server that the proxy can connect to
};

/// Why a text is not such a URL.
struct UrlFailure : BasicFailure<UrlErrc> {
    std::size_t offset = 0;  ///< of the error, in bytes
};
[[noreturn]] void throw_exception_from_error(UrlFailure const& failure, boost::source_location const& where);

/// Reads `http[s]://host[:port][/path][?query][#fragment]`. Without a port it is the scheme's.
boost::system::result<Url, UrlFailure> parse_url(std::string_view text);

/// 80 of http, 443 of https; nothing for others.
std::optional<std::uint16_t> default_port(std::string_view scheme);

/// `host` or `host:port`, an IPv6 address in brackets: the value of a Host field. The scheme's default port and an
/// unknown one (0) are left out.
std::string host_and_port(std::string_view scheme, std::string_view host, std::uint16_t port);

/// The whole URL, default port left out.
std::string to_string(Url const& url);

// --- forms -----------------------------------------------------------------------------------------------------------

/// `a=1&b=two+words` (WHATWG URL, application/x-www-form-urlencoded). A part without `=` has an empty value; empty
/// parts are left out.
MultiDict parse_urlencoded(std::string_view text);
std::string to_urlencoded(MultiDict const& items);

// --- pieces of a request's path --------------------------------------------------------------------------------------

/// `path?query#fragment`, in pieces; the separators stay with none of them.
struct PathPieces {
    std::string_view path;
    std::optional<std::string_view> query{}, fragment{};
};
PathPieces split_path(std::string_view path);
std::string join_path(PathPieces const& pieces);

/// The segments of the path, decoded, empty ones left out.
std::vector<std::string> path_components(std::string_view path);
/// `path` with these segments instead of its own; query and fragment stay. Slashes within a segment are encoded.
std::string with_path_components(std::string_view path, std::vector<std::string> const& components);

}  // namespace pathology::proxycore::flow
