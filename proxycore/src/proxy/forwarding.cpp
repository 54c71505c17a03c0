#include "proxy/forwarding.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <string_view>
#include <utility>

#include "proxy/option_names.hpp"
#include "proxy/options.hpp"

namespace pathology::proxycore::proxy {
namespace {

using addons::OptionalNumber;
using addons::OptionalText;
using addons::Options;

constexpr char max_kept_body[] = "1m";

/// Whether its clients send requests whose route is free.
bool is_allowed(modes::Mode const& mode) {
    constexpr std::array<std::string_view, 4> names{"regular", "transparent", "reverse", "socks5"};
    bool const is_named = std::find(names.begin(), names.end(), modes::name_of(mode)) != names.end();
    return is_named && modes::traits_of(mode).protocol != modes::Protocol::tcp;
}

void check_modes(Options const& options) {
    for (auto const& mode : make_settings(options).modes) {
        if (is_allowed(mode)) continue;
        throw OptionsError("option forwarder: mode " + to_string(mode) +
                           " cannot be used; use regular, transparent, reverse:http[s]://SERVER or socks5");
    }
}

/// The options have whole seconds.
std::int64_t at_most(std::int64_t seconds, std::chrono::milliseconds limit) {
    return std::min<std::int64_t>(seconds, std::chrono::ceil<std::chrono::seconds>(limit).count());
}

void set_options(Options& options, forwarder::Settings const& settings) {
    std::map<std::string, addons::OptionValue> changes{
        {option::connection_strategy, std::string("lazy")},
        {option::upstream_cert, false},
        {option::connect_timeout, at_most(options.get<std::int64_t>(option::connect_timeout), settings.timeout)},
        {option::tcp_timeout, at_most(options.get<std::int64_t>(option::tcp_timeout), settings.timeout)}};
    if (!options.get<OptionalText>(option::stream_large_bodies))
        changes[option::stream_large_bodies] = OptionalText(max_kept_body);
    if (!options.get<OptionalNumber>(option::listen_port) && settings.listen_port)
        changes[option::listen_port] = OptionalNumber(*settings.listen_port);
    options.update(changes);
}

tls::Trust trust_of(Options const& options) { return make_settings(options).tls.trust; }

}  // namespace

std::shared_ptr<forwarder::Forwarder> make_forwarder(Options& options,
                                                     std::vector<forwarder::Variable> const& environment) {
    check_modes(options);
    forwarder::EnvFile file;
    if (auto const& given = options.get<OptionalText>(option::forwarder_env)) file = {*given, true};
    auto loaded = forwarder::read_settings(environment, file);
    loaded.settings.trust = trust_of(options);
    set_options(options, loaded.settings);
    return std::make_shared<forwarder::Forwarder>(std::move(loaded));
}

}  // namespace pathology::proxycore::proxy
