#include <pathology/proxycore/upstream/route.hpp>

namespace pathology::proxycore::upstream {

tunnel::Hop hop_of(flow::ServerSpec const& proxy) {
    tunnel::Hop hop;
    hop.protocol = proxy.scheme == "socks5" ? tunnel::Hop::Protocol::socks5 : tunnel::Hop::Protocol::http;
    hop.is_secure = proxy.scheme == "https";
    hop.address = proxy.address;
    return hop;
}

flow::ServerSpec spec_of(tunnel::Hop const& hop) { return {std::string(scheme_of(hop)), hop.address}; }

Route Route::via(flow::ServerSpec const& proxy, std::optional<tunnel::Credentials> credentials) {
    auto hop = hop_of(proxy);
    hop.credentials = std::move(credentials);
    Route route;
    route.hops = {std::move(hop)};
    return route;
}

}  // namespace pathology::proxycore::upstream
