// CONNECT of HTTP/1 (P04).
#pragma once

#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/layers.hpp>

#include "layers/http1/client_stream.hpp"

namespace pathology::proxycore::layers {

/// Answers it, and goes on with what is inside the tunnel until that ends. Gives whether the connection takes another
/// request: after an addon refused.
asio::awaitable<bool> serve_connect(Context& context, flow::HttpFlow& flow, Http1ClientStream& client, HttpMode mode);

}  // namespace pathology::proxycore::layers
