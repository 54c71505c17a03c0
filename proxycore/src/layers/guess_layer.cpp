#include "layers/guess_layer.hpp"

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>

namespace pathology::proxycore::layers {
namespace {

using addons::NextLayer;

constexpr std::size_t start_of_record = 3;  // type and version
constexpr std::size_t start_of_method = 3;
constexpr std::size_t max_method_length = 64;

enum class Look { http, other, unsure };

/// A request line begins with a method and a space (RFC 9112 §3). RFC 9110 allows other characters in a method; only
/// letters are accepted here, so that binary protocols are not taken for HTTP. "SSH-2.0-…" would pass as a method.
Look look_at(std::string_view bytes) {
    auto const start = bytes.substr(0, start_of_method);
    if (!std::all_of(start.begin(), start.end(), ascii::is_letter)) return Look::other;
    if (bytes.starts_with("SSH")) return Look::other;
    if (bytes.size() < start_of_method) return Look::unsure;
    auto const end = bytes.find_first_of(" \n");
    if (end != bytes.npos) return bytes[end] == ' ' ? Look::http : Look::other;
    return bytes.size() < max_method_length ? Look::unsure : Look::other;
}

/// A record of TLS that is no ClientHello. Where bytes are not relayed, the client gets the alert for it.
bool is_other_record(std::string_view client) {
    return client.size() >= start_of_record && tls::looks_like_tls_record(client);
}

bool is_alpn_of_http(std::string_view alpn) { return alpn == "h2" || alpn.starts_with("http/1."); }

}  // namespace

// The rules in the order in which they apply. "Wait" is NextLayer::undecided: the caller reads more and calls again.
//
//     a ClientHello from the client ───────────────────────▶ TLS
//     no byte, or a part of a ClientHello, and has_time ───▶ wait
//     is_tcp_host ─────────────────────────────────────────▶ TCP
//     another TLS record, and is_http_only or not takes_tcp ▶ TLS
//     is_http_only, or ALPN is HTTP, or not takes_tcp ─────▶ HTTP
//     the server has sent bytes (HTTP servers never do) ───▶ TCP
//     a part of a method, and has_time ────────────────────▶ wait
//     "METHOD " ───────────────────────────────────────────▶ HTTP
//     anything else ───────────────────────────────────────▶ TCP
//
// Invariant: without has_time the result is never undecided.
NextLayer guess_layer(FirstBytes const& known) {
    auto const& client = known.from_client;
    bool const is_silent = client.empty() && known.from_server.empty();
    auto const begins = tls::begins_with_client_hello(client);
    bool const may_be_tls = !client.empty() && !begins;
    if (begins && *begins) return NextLayer::tls_client;
    if (known.has_time && (is_silent || may_be_tls)) return NextLayer::undecided;
    if (known.is_tcp_host) return NextLayer::tcp;
    if ((known.is_http_only || !known.takes_tcp) && is_other_record(client)) return NextLayer::tls_client;
    if (known.is_http_only || is_alpn_of_http(known.alpn) || !known.takes_tcp) return NextLayer::http;
    if (!known.from_server.empty()) return NextLayer::tcp;
    auto const look = look_at(client);
    if (look == Look::unsure && known.has_time) return NextLayer::undecided;
    return look == Look::http ? NextLayer::http : NextLayer::tcp;
}

std::string host_field_of(std::string_view first_bytes) {
    auto const whole_lines = first_bytes.rfind('\n');
    auto rest = first_bytes.substr(0, whole_lines == first_bytes.npos ? 0 : whole_lines);
    ascii::take_until(rest, '\n');  // the request line
    while (!rest.empty()) {
        auto value = ascii::take_until(rest, '\n');
        auto const name = ascii::take_until(value, ':');
        if (name == "\r") break;
        if (http::equals_ignoring_case(name, "host"))
            return std::string(http::parse_authority(ascii::trimmed(value)).host);
    }
    return {};
}

}  // namespace pathology::proxycore::layers
