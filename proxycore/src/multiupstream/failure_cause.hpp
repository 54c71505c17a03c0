// What a failed connection means for an upstream.
#pragma once

#include <optional>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/multiupstream/cause.hpp>

namespace pathology::proxycore::multiupstream {

/// std::nullopt if the upstream connected, and the server behind it is to blame.
std::optional<Cause> cause_of(layers::Failure const& why);

}  // namespace pathology::proxycore::multiupstream
