#include "flow/destination.hpp"

#include <array>
#include <charconv>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::proxycore::flow {
namespace {

using http::TargetForm;

void append_host(std::string& out, std::string_view host) {
    // Only an IPv6 address gets brackets.
    if (host.find(':') == std::string_view::npos)
        out += host;
    else
        out += bracketed(host);
}

void append_url(std::string& out, Request const& request, std::string_view host, std::uint16_t port) {
    out.append(request.scheme()).append("://");
    append_host_and_port(out, request.scheme(), host, port);
    if (request.path != "*") out += request.path;
}

http::Authority named_host(Request const& request) {
    return http::parse_authority(host_header_of(request).value_or(""));
}

}  // namespace

std::optional<std::string_view> host_header_of(Request const& request) {
    auto const of_field = request.headers.first("host");
    // Over HTTP/2 `:authority` replaces the Host field, and has precedence if both exist (RFC 9113 §8.3.1).
    if (request.http_version.major < 2 || request.authority.empty()) return of_field;
    return request.authority;
}

std::string_view pretty_host_of(Request const& request) {
    auto const named = named_host(request);
    return named.valid && !named.host.empty() ? named.host : std::string_view(request.host());
}

void append_pretty_url(std::string& out, Request const& request) {
    if (request.first_line_format() == TargetForm::authority) {
        if (!request.authority.empty())
            out += request.authority;
        else if (!request.host().empty())
            append_endpoint(out, request.host(), request.port());
        return;
    }
    auto const named = named_host(request);
    if (named.valid && !named.host.empty()) {
        auto const port = parse_port(named.port).value_or(default_port(request.scheme()).value_or(request.port()));
        append_url(out, request, named.host, port);
    } else if (!request.host().empty()) {
        append_url(out, request, request.host(), request.port());
    }
}

void append_endpoint(std::string& out, std::string_view host, std::uint16_t port) {
    append_host(out, host);
    std::array<char, 5> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), port).ptr;
    out.append(":").append(digits.data(), end);
}

void append_host_and_port(std::string& out, std::string_view scheme, std::string_view host, std::uint16_t port) {
    if (port != 0 && default_port(scheme) != port)
        append_endpoint(out, host, port);
    else
        append_host(out, host);
}

}  // namespace pathology::proxycore::flow
