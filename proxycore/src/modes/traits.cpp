// The traits of each mode.
#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::modes {
namespace {

constexpr std::uint16_t usual_port = 8080;

// A reverse proxy to `tcp://` or `tls://` relays bytes without looking for HTTP.
Protocol protocol_of(flow::ServerSpec const& server) {
    return server.scheme == "http" || server.scheme == "https" ? Protocol::http : Protocol::tcp;
}

}  // namespace

Traits Regular::traits() const {
    return {.first_layer = FirstLayer::http_proxy,
            .protocol = Protocol::any,
            .is_explicit = true,
            .is_redirected = false,
            .default_port = usual_port,
            .fixed_server = nullptr,
            .upstream_proxies = {}};
}
std::string Regular::description() const { return "HTTP(S) proxy"; }

Traits Transparent::traits() const {
    return {.first_layer = FirstLayer::transparent,
            .protocol = Protocol::any,
            .is_explicit = false,
            .is_redirected = true,
            .default_port = usual_port,
            .fixed_server = nullptr,
            .upstream_proxies = {}};
}
std::string Transparent::description() const { return "transparent proxy"; }

Traits Socks5::traits() const {
    return {.first_layer = FirstLayer::socks5,
            .protocol = Protocol::any,
            .is_explicit = true,
            .is_redirected = false,
            .default_port = default_port,
            .fixed_server = nullptr,
            .upstream_proxies = {}};
}
std::string Socks5::description() const { return "SOCKS5 proxy"; }

Traits Reverse::traits() const {
    return {.first_layer = FirstLayer::reverse,
            .protocol = protocol_of(server),
            .is_explicit = false,
            .is_redirected = false,
            .default_port = usual_port,
            .fixed_server = &server,
            .upstream_proxies = {}};
}
std::string Reverse::description() const { return "reverse proxy to " + to_string(server); }

Traits Upstream::traits() const {
    return {.first_layer = FirstLayer::http_proxy,
            .protocol = Protocol::any,
            .is_explicit = true,
            .is_redirected = false,
            .default_port = usual_port,
            .fixed_server = nullptr,
            .upstream_proxies = proxies};
}
std::string Upstream::description() const { return "HTTP(S) proxy (upstream: " + tunnel::to_string(proxies) + ")"; }

/// Its selector chooses the proxies.
Traits MultiUpstream::traits() const { return Regular{}.traits(); }
std::string MultiUpstream::description() const { return "HTTP(S) proxy (multi-upstream: " + folder + ")"; }

Traits traits_of(Mode const& mode) {
    return std::visit([](auto const& kind) { return kind.traits(); }, mode.is);
}

}  // namespace pathology::proxycore::modes
