#include "request_subject.hpp"

#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <utility>

#include "received_request.hpp"

namespace pathology::pathod {

namespace content = proxycore::content;
namespace http = proxycore::http;
using filter::Content;
using filter::Side;

namespace {

bool is_default_port(std::string_view scheme, std::string_view port) {
    return port.empty() || (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
}

}  // namespace

bool RequestSubject::is_websocket() const { return proxycore::websocket::is_handshake(head_); }

/// What the client named: `:authority`, else the Host field (RFC 9113 §8.3.1).
std::string_view RequestSubject::named_authority() const {
    return details_.authority.empty() ? head_.fields.first("host").value_or("") : details_.authority;
}

std::optional<std::string_view> RequestSubject::host() const {
    auto const of_target = http::parse_target(head_.target).host;
    return of_target.empty() ? pretty_host() : of_target;
}

std::optional<std::string_view> RequestSubject::pretty_host() const {
    auto const named = http::parse_authority(named_authority());
    if (named.valid && !named.host.empty()) return named.host;
    auto const of_target = http::parse_target(head_.target).host;
    return of_target.empty() ? std::nullopt : std::optional(of_target);
}

/// Without any host it is the path alone, so that a filter for a path matches it, too.
std::optional<std::string_view> RequestSubject::pretty_url(std::string& buffer) const {
    auto const target = http::parse_target(head_.target);
    auto const scheme = target.scheme.empty() ? details_.scheme : target.scheme;
    auto named = http::parse_authority(named_authority());
    if (!named.valid || named.host.empty()) named = {.valid = true, .host = target.host, .port = target.port};
    if (!named.host.empty()) {
        buffer.append(scheme).append("://");
        // Only an IPv6 address gets brackets.
        buffer += named.host.find(':') == named.host.npos ? std::string(named.host) : proxycore::bracketed(named.host);
        if (!is_default_port(scheme, named.port)) buffer.append(":").append(named.port);
    }
    if (target.form != http::TargetForm::asterisk) buffer += path_of(head_.target);
    return buffer;
}

http::Fields const* RequestSubject::fields(Side side) const { return side == Side::request ? &head_.fields : nullptr; }

Content RequestSubject::content(Side side, std::uint64_t max, std::string& buffer) const {
    was_searched_ = true;
    if (side == Side::response) return {};
    auto const body = details_.body;
    if (details_.body_size > body.size() || body.size() > max) return {Content::State::too_long, {}};
    auto const coding = head_.fields.joined("content-encoding");
    if (!coding) return {Content::State::whole, body};
    auto decoded = content::decode(body, *coding, max);
    if (!decoded && decoded.error().code == content::Errc::too_large) return {Content::State::too_long, {}};
    if (!decoded) return {Content::State::whole, body};
    buffer = *std::move(decoded);
    return {Content::State::whole, buffer};
}

std::optional<std::string_view> RequestSubject::source(std::string& /*buffer*/) const {
    return details_.client.empty() ? std::nullopt : std::optional(details_.client);
}

std::optional<std::string_view> RequestSubject::destination(std::string& buffer) const {
    if (details_.stream == nullptr) return std::nullopt;
    buffer = to_string(details_.stream->local_endpoint());
    return buffer;
}

}  // namespace pathology::pathod
