// What follows a 101 (Switching Protocols).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

/// Relays WebSocket messages or, if `rawtcp` allows it, bytes, until both sides have ended.
asio::awaitable<void> relay_upgraded(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                     std::unique_ptr<net::Stream> server);

}  // namespace pathology::proxycore::layers
