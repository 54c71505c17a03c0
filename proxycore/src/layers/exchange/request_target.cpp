#include "layers/exchange/request_target.hpp"

#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/target.hpp>

#include <pathology/proxycore/endpoint.hpp>

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

}  // namespace

std::optional<Failure> settle_target(Context const& context, HttpMode mode, flow::Request& request) {
    if (mode != HttpMode::transparent) {
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
