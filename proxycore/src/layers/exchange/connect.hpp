// CONNECT, over any HTTP version (P04).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>

#include "layers/context.hpp"
#include "layers/exchange/http_streams.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {

/// Responds to CONNECT and serves the tunnel until it ends; `context` is the tunnel's from then on. Returns true if the
/// client may send another request, which is the case after an addon refused the tunnel.
asio::awaitable<bool> serve_connect(Context& context, flow::HttpFlow& flow, ClientStream& client, HttpMode mode);

}  // namespace pathology::proxycore::layers
