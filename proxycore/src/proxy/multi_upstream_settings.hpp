// The settings of multi-upstream mode, made of the options multiupstream_….
#pragma once

#include <optional>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>

#include "multiupstream/redis_state.hpp"

namespace pathology::proxycore::proxy {

// Errors: each throws OptionsError.

multiupstream::SelectorSettings multiupstream_settings(addons::Options const& options);
/// The server whose state is shared; std::nullopt: nothing is shared.
std::optional<multiupstream::RedisSettings> shared_settings(addons::Options const& options);
/// Where the metrics are served, a loopback address; port 0 = a free one. std::nullopt: nowhere.
std::optional<Endpoint> metrics_endpoint(addons::Options const& options);

}  // namespace pathology::proxycore::proxy
