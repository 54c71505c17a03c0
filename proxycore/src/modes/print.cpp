#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::modes {

std::string_view name_of(Mode const& mode) {
    return std::visit([](auto const& kind) { return kind.name; }, mode.is);
}

namespace {

using PrintHops = std::string (*)(std::span<tunnel::Hop const>);

std::string print(Mode const& mode, PrintHops print_hops) {
    std::string text(name_of(mode));
    std::visit(
        [&](auto const& kind) {
            if constexpr (requires { kind.server; }) text += ':' + to_string(kind.server);
            if constexpr (requires { kind.folder; }) text += ':' + kind.folder;
            if constexpr (requires { kind.proxies; }) text += ':' + print_hops(kind.proxies);
        },
        mode.is);
    if (!mode.listen.host && !mode.listen.port) return text;
    text += '@';
    if (mode.listen.host) text += bracketed(*mode.listen.host) + ':';
    return text + std::to_string(listen_endpoint(mode).port);
}

}  // namespace

std::string to_string(Mode const& mode) { return print(mode, tunnel::to_string); }
std::string to_specification(Mode const& mode) { return print(mode, tunnel::to_urls); }

std::string describe(Mode const& mode) {
    return std::visit([](auto const& kind) { return kind.description(); }, mode.is);
}

}  // namespace pathology::proxycore::modes
