// The addresses of modes, and which modes cannot be combined.
#include <algorithm>
#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::modes {
namespace {

// --socks of mitmproxy 0.18 listened on the port of all modes; `socks5` has 1080 by default.
constexpr std::uint16_t socks_flag_port = 8080;

/// `Is` holds what was parsed.
template <class Is, class Data> Result<Mode> mode_with(Result<Data> parsed) {
    if (parsed.has_error()) return parsed.error();
    Mode mode;
    mode.is = Is{*std::move(parsed)};
    return mode;
}

Result<Mode> mode_of(ModeFlags const& flags) {
    if (flags.reverse) return mode_with<Reverse>(parse_reverse_server(*flags.reverse));
    if (flags.upstream) return mode_with<Upstream>(parse_upstream_proxies(*flags.upstream));
    Mode mode;
    if (flags.transparent) mode.is = Transparent{};
    if (flags.socks) mode.is = Socks5{socks_flag_port};
    return mode;
}

}  // namespace

Endpoint listen_endpoint(Mode const& mode, Listen const& options) {
    auto const& host = mode.listen.host ? mode.listen.host : options.host;
    auto const& port = mode.listen.port ? mode.listen.port : options.port;
    return {host.value_or(""), port.value_or(traits_of(mode).default_port)};
}

Result<void> check_listeners(std::vector<Mode> const& modes, Listen const& options) {
    for (auto mode = modes.begin(); mode != modes.end(); ++mode) {
        auto const endpoint = listen_endpoint(*mode, options);
        // Port 0 selects a free port each time.
        if (endpoint.port == 0) continue;
        auto const same = std::find_if(modes.begin(), mode,
                                       [&](Mode const& other) { return listen_endpoint(other, options) == endpoint; });
        if (same != mode)
            return Failure{Errc::duplicate, "the modes " + to_string(*same) + " and " + to_string(*mode) +
                                                " would both listen at " + listening_text(endpoint)};
    }
    return {};
}

Result<std::vector<Mode>> choose_modes(std::vector<std::string> const& specifications, ModeFlags const& flags) {
    auto const given =
        int{flags.reverse.has_value()} + int{flags.upstream.has_value()} + int{flags.transparent} + int{flags.socks};
    if (given > 1) return Failure{Errc::exclusive, "only one of -R, -U, -T and --socks can be given"};
    std::vector<Mode> modes;
    // Without any mode the default is a regular proxy, which mode_of() returns if no flag is given.
    if (given == 1 || specifications.empty()) {
        auto mode = mode_of(flags);
        if (mode.has_error()) return mode.error();
        modes.push_back(*std::move(mode));
    }
    for (auto const& specification : specifications) {
        auto mode = parse_mode(specification);
        if (mode.has_error()) return mode.error();
        modes.push_back(*std::move(mode));
    }
    return modes;
}

}  // namespace pathology::proxycore::modes
