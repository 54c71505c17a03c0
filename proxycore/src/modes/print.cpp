#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::modes {
namespace {

template <class... Functions> struct Overloaded : Functions... { using Functions::operator()...; };

std::string printed_host(std::string const& host) {
    return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

}  // namespace

std::string_view name_of(Mode const& mode) {
    return std::visit(
        Overloaded{[](Regular const&) { return "regular"; }, [](Transparent const&) { return "transparent"; },
                   [](Socks5 const&) { return "socks5"; }, [](Reverse const&) { return "reverse"; },
                   [](Upstream const&) { return "upstream"; }, [](MultiUpstream const&) { return "multiupstream"; }},
        mode.is);
}

std::string to_string(Mode const& mode) {
    std::string text(name_of(mode));
    if (auto const* reverse = std::get_if<Reverse>(&mode.is)) text += ':' + to_string(reverse->server);
    if (auto const* upstream = std::get_if<Upstream>(&mode.is)) text += ':' + to_string(upstream->server);
    if (auto const* several = std::get_if<MultiUpstream>(&mode.is)) text += ':' + several->folder;
    if (!mode.listen.host && !mode.listen.port) return text;
    text += '@';
    if (mode.listen.host) text += printed_host(*mode.listen.host) + ':';
    return text + std::to_string(listen_address(mode).port);
}

std::string describe(Mode const& mode) {
    return std::visit(
        Overloaded{
            [](Regular const&) { return std::string("HTTP(S) proxy"); },
            [](Transparent const&) { return std::string("transparent proxy"); },
            [](Socks5 const&) { return std::string("SOCKS5 proxy"); },
            [](Reverse const& reverse) { return "reverse proxy to " + to_string(reverse.server); },
            [](Upstream const& upstream) { return "HTTP(S) proxy (upstream: " + to_string(upstream.server) + ")"; },
            [](MultiUpstream const& several) { return "HTTP(S) proxy (upstreams: " + several.folder + ")"; }},
        mode.is);
}

}  // namespace pathology::proxycore::modes
