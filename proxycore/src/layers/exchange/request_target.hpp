// The destination of a request: from its target, its Host field or the destination of the connection.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/layers/failure.hpp>

#include "layers/context.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {

/// Sets scheme, host and port of a request whose head was just read (P03, P05, P06). A Host that differs from the
/// target is replaced, unless `validate_inbound_headers` is off. Reverse mode rewrites it, unless keep_host_header.
/// Errors: malformed, 400: an origin-form target without a usable Host field; a scheme that the proxy does not know.
std::optional<Failure> settle_target(Context const& context, HttpMode mode, flow::Request& request);

}  // namespace pathology::proxycore::layers
