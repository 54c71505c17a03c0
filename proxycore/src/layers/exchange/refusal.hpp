// The end of an exchange that came to nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>

namespace pathology::proxycore::layers {

/// Gives the flow this error and runs its hook; then the client, which got nothing so far, gets the error page. For
/// requests that come to no exchange(): broken ones, and such that lead nowhere.
asio::awaitable<void> refuse(Context& context, flow::HttpFlow& flow, ClientStream& client, Failure failure);

/// Whether the flow was killed by an addon or the user (P37).
bool is_killed(flow::Flow const& flow);

}  // namespace pathology::proxycore::layers
