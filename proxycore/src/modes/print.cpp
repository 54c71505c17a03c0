#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::modes {
namespace {

struct Name {
    std::string_view operator()(Regular const&) const { return "regular"; }
    std::string_view operator()(Transparent const&) const { return "transparent"; }
    std::string_view operator()(Socks5 const&) const { return "socks5"; }
    std::string_view operator()(Reverse const&) const { return "reverse"; }
    std::string_view operator()(Upstream const&) const { return "upstream"; }
    std::string_view operator()(MultiUpstream const&) const { return "multiupstream"; }
};

/// What follows the name, with its colon.
struct Data {
    template <class Kind> std::string operator()(Kind const&) const { return {}; }
    std::string operator()(Reverse const& reverse) const { return ":" + to_string(reverse.server); }
    std::string operator()(Upstream const& upstream) const { return ":" + to_string(upstream.server); }
    std::string operator()(MultiUpstream const& several) const { return ":" + several.folder; }
};

struct Description {
    std::string operator()(Regular const&) const { return "HTTP(S) proxy"; }
    std::string operator()(Transparent const&) const { return "transparent proxy"; }
    std::string operator()(Socks5 const&) const { return "SOCKS5 proxy"; }
    std::string operator()(Reverse const& reverse) const { return "reverse proxy to " + to_string(reverse.server); }
    std::string operator()(Upstream const& upstream) const {
        return "HTTP(S) proxy (upstream: " + to_string(upstream.server) + ")";
    }
    std::string operator()(MultiUpstream const& several) const {
        return "HTTP(S) proxy (upstreams: " + several.folder + ")";
    }
};

std::string printed_host(std::string const& host) {
    return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

}  // namespace

std::string_view name_of(Mode const& mode) { return std::visit(Name{}, mode.is); }

std::string to_string(Mode const& mode) {
    auto text = std::string(name_of(mode)) + std::visit(Data{}, mode.is);
    if (!mode.listen.host && !mode.listen.port) return text;
    text += '@';
    if (mode.listen.host) text += printed_host(*mode.listen.host) + ':';
    return text + std::to_string(listen_address(mode).port);
}

std::string describe(Mode const& mode) { return std::visit(Description{}, mode.is); }

}  // namespace pathology::proxycore::modes
