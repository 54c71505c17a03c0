#include <pathology/proxycore/endpoint.hpp>

#include <arpa/inet.h>
#include <algorithm>
#include <charconv>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::proxycore {
namespace {

/// RFC 4291 §2.2, and after a percent sign the zone id of RFC 4007 §11.
bool is_ipv6(std::string_view text) {
    auto const percent = std::min(text.find('%'), text.size());
    auto const zone = text.substr(percent);
    if (zone.size() == 1 || !std::all_of(zone.begin(), zone.end(), [](char c) { return c > ' ' && c <= '~'; }))
        return false;
    // inet_pton reads up to a zero byte, so text behind one would be ignored.
    std::string const address(text.substr(0, percent));
    in6_addr ignored{};
    return address.find('\0') == std::string::npos && inet_pton(AF_INET6, address.c_str(), &ignored) == 1;
}

EndpointFailure bad_host(std::string_view host, std::size_t begin) {
    std::string message = "expected a host";
    bool const has_credentials = host.find('@') != std::string_view::npos;
    if (!host.empty()) message += ", not " + http::quoted(has_credentials ? http::mask_password(host) : host);
    if (has_credentials)
        message += "; credentials have an option of their own";
    else if (host.find(':') != std::string_view::npos)
        message += "; an IPv6 address is written in brackets";
    return {{EndpointErrc::bad_host, std::move(message)}, {begin, begin + host.size()}};
}

EndpointFailure bad_port(Span span, std::uint16_t min_port) {
    return {{EndpointErrc::bad_port, "expected a port, a number from " + std::to_string(min_port) + " to 65535"}, span};
}

}  // namespace

std::string bracketed(std::string_view host) {
    bool const is_ipv6_address = host.find(':') != std::string_view::npos && !host.starts_with('[');
    return is_ipv6_address ? "[" + std::string(host) + "]" : std::string(host);
}

std::string to_string(Endpoint const& endpoint) {
    return bracketed(endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::string listening_text(Endpoint const& endpoint) {
    return endpoint.host.empty() ? "*:" + std::to_string(endpoint.port) : to_string(endpoint);
}

boost::system::result<HostPort, EndpointFailure> parse_host_port(std::string_view text, std::uint16_t min_port) {
    // The last colon outside brackets is the one before the port.
    auto const bracket = text.rfind(']');
    auto colon = text.rfind(':');
    if (bracket != std::string_view::npos && colon != std::string_view::npos && colon < bracket) colon = text.npos;
    auto const host = text.substr(0, colon);
    bool const has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    // An IPv6 address needs its brackets here: `::1:80` could be an address with or without a port. In brackets only an
    // address is accepted; RFC 3986 also allows IPvFuture there, which nobody can connect to.
    HostPort parsed{std::string(has_brackets ? host.substr(1, host.size() - 2) : host), std::nullopt};
    if (has_brackets
            ? !is_ipv6(parsed.host)
            : host.empty() || !http::parse_authority(host).valid || host.find_first_of("[:") != std::string_view::npos)
        return bad_host(host, 0);
    if (colon == std::string_view::npos) return parsed;
    parsed.port = parse_port(text.substr(colon + 1), min_port);
    if (!parsed.port) return bad_port({colon + 1, text.size()}, min_port);
    return parsed;
}

std::optional<std::uint16_t> parse_port(std::string_view text, std::uint16_t min_port) {
    std::uint16_t port = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || error != std::errc() || stop != end || port < min_port) return std::nullopt;
    return port;
}

}  // namespace pathology::proxycore
