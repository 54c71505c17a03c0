#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::modes {
std::string_view name_of(Mode const& mode) {
    return std::visit([](auto const& kind) { return kind.name; }, mode.is);
}

std::string to_string(Mode const& mode) {
    std::string text(name_of(mode));
    std::visit(
        [&text](auto const& kind) {
            if constexpr (requires { kind.server; }) text += ':' + to_string(kind.server);
        },
        mode.is);
    if (!mode.listen.host && !mode.listen.port) return text;
    text += '@';
    if (mode.listen.host) text += bracketed(*mode.listen.host) + ':';
    return text + std::to_string(listen_endpoint(mode).port);
}

std::string describe(Mode const& mode) {
    return std::visit([](auto const& kind) { return kind.description(); }, mode.is);
}

}  // namespace pathology::proxycore::modes
