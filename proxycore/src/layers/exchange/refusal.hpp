// Requests that are refused before an exchange begins.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>

#include "layers/context.hpp"
#include "layers/exchange/http_streams.hpp"

namespace pathology::proxycore::layers {

/// Sets the error of the flow, runs the hook `error` and sends the error page. For requests that are malformed or have
/// no target, before exchange() and before any byte of a response.
asio::awaitable<void> refuse(Context& context, flow::HttpFlow& flow, ClientStream& client, Failure failure);

/// Returns true if an addon or the user killed the flow (P37).
bool is_killed(flow::Flow const& flow);

}  // namespace pathology::proxycore::layers
