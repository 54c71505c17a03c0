#include "layers/exchange/request_target.hpp"

#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/target.hpp>

#include <pathology/proxycore/endpoint.hpp>

#include "layers/hosts.hpp"

namespace pathology::proxycore::layers {
namespace {

std::optional<Failure> by_host_field(Context const& context, flow::Request& request) {
    auto const field = request.host_header();
    if (!field) return Failure{Errc::malformed, "the request has neither a host in its target nor a Host field", 400};
    auto const named = http::parse_authority(*field);
    if (!named.valid || named.host.empty())
        return Failure{Errc::malformed, "invalid Host field: " + http::quoted(*field), 400};
    bool const is_secure = context.client->tls_established();
    auto const port = parse_port(named.port).value_or(is_secure ? 443 : 80);
    request.set_destination(is_secure ? "https" : "http", {std::string(named.host), port});
    return std::nullopt;
}

/// RFC 9112 §3.2.2: a proxy "MUST ignore the received Host header field (if any) and instead replace it with the host
/// information of the request-target". An equal Host keeps its spelling.
void replace_other_host(flow::Request& request) {
    auto const field = request.host_header();
    if (!field || request.authority.empty() || request.http_version.major >= 2) return;
    auto const sent = http::parse_authority(*field);
    auto const default_port = request.scheme() == "https" ? 443 : 80;
    auto const port = parse_port(sent.port).value_or(default_port);
    bool const is_same = sent.valid && http::equals_ignoring_case(sent.host, request.host()) && port == request.port();
    if (!is_same) request.set_host_header(request.authority);
}

/// A WebSocket begins as a request of HTTP, with TLS for `wss` (RFC 6455 §3).
std::optional<Failure> settle_scheme(flow::Request& request) {
    auto const scheme = request.scheme();
    if (scheme.empty() || scheme == "http" || scheme == "https") return std::nullopt;
    if (scheme != "ws" && scheme != "wss")
        return Failure{Errc::malformed,
                       "the proxy forwards requests for http, https, ws and wss, and not for " + http::quoted(scheme),
                       400};
    request.set_scheme(scheme == "wss" ? "https" : "http");
    return std::nullopt;
}

/// RFC 9112 §3.2.4 and RFC 9113 §8.3.1: `*` is for OPTIONS. A fragment is never sent (RFC 9110 §7.1).
std::optional<Failure> objection_to_path(flow::Request const& request) {
    bool const is_valid =
        http::is_browser_target(request.path) && (request.path != "*" || request.raw_method == "OPTIONS");
    if (is_valid) return std::nullopt;
    return Failure{Errc::malformed, "bad request target " + http::quoted(request.path), 400};
}

}  // namespace

std::optional<Failure> settle_target(Context const& context, HttpMode mode, flow::Request& request) {
    if (auto failure = settle_scheme(request)) return failure;
    if (context.settings->http.validate_inbound_headers) {
        if (auto failure = objection_to_path(request)) return failure;
        replace_other_host(request);
    }
    // The site inside the proxy is known by the host that the client names, also where each request goes to one server.
    bool const is_own = is_own_site(context.settings->hosts, request.pretty_host());
    if (mode != HttpMode::transparent || is_own) {
        if (!request.host().empty()) return std::nullopt;
        return by_host_field(context, request);
    }
    auto const& server = *context.server;
    if (!server.address()) return by_host_field(context, request);
    request.set_destination(server.tls ? "https" : "http", *server.address());
    bool const is_reverse = modes::traits_of(context.mode).fixed_server != nullptr;
    if (is_reverse && !context.settings->http.keep_host_header)
        request.set_host_header(flow::host_and_port(request.scheme(), request.host(), request.port()));
    return std::nullopt;
}

}  // namespace pathology::proxycore::layers
