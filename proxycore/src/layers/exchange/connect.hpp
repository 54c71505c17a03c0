// CONNECT, by whichever HTTP it was asked for (P04).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <pathology/proxycore/layers/layers.hpp>

namespace pathology::proxycore::layers {

/// Answers it, and goes on with what is inside the tunnel until that ends. The context is that of the tunnel from then
/// on. Gives whether the client may ask for something else: after an addon refused.
asio::awaitable<bool> serve_connect(Context& context, flow::HttpFlow& flow, ClientStream& client, HttpMode mode);

}  // namespace pathology::proxycore::layers
