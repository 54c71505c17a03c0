// An exchange without a client: a stored request is sent through the whole stack again (P57).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <string>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

/// Why this flow's request cannot be sent again; std::nullopt if it can. It cannot if the flow is live or intercepted,
/// if its body was not kept, or if it opened a WebSocket or a tunnel.
std::optional<std::string> find_obstacle_to_replay(flow::HttpFlow const& flow);

/// Removes response and error, marks the flow as a replayed request, and runs the exchange: hooks, selector and limits
/// as for a client, always on a fresh server connection. The outcome is the flow's response or error. The flow must
/// pass find_obstacle_to_replay(); it keeps the state from before as its backup.
///
/// Cancel: terminal; the flow gets an error and the hook `error` runs.
asio::awaitable<void> replay(Services& services, modes::Mode const& mode, std::shared_ptr<flow::HttpFlow> flow);

}  // namespace pathology::proxycore::layers
