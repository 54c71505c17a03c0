// The settings of multi-upstream mode, made of the options multiupstream_….
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>

#include "multiupstream/redis_state.hpp"

namespace pathology::proxycore::proxy {

/// How upstreams are checked.
struct CheckSettings {
    std::chrono::nanoseconds interval{};  ///< between two checks of one upstream
    std::optional<Endpoint> target{};     ///< what checks connect to through the upstream; none: to the upstream itself
    std::size_t max_running = 32;         ///< checks at a time
};

// Errors: each throws OptionsError.

multiupstream::SelectorSettings multiupstream_settings(addons::Options const& options);
/// The server whose state is shared; std::nullopt: nothing is shared.
std::optional<multiupstream::RedisSettings> shared_settings(addons::Options const& options);
/// std::nullopt: there are no checks.
std::optional<CheckSettings> check_settings(addons::Options const& options);
/// Where the metrics are served, a loopback address; port 0 = a free one. std::nullopt: nowhere.
std::optional<Endpoint> metrics_endpoint(addons::Options const& options);

}  // namespace pathology::proxycore::proxy
