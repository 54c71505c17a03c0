// The two hooks between which a client lives.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/layers/context.hpp>

namespace pathology::proxycore::layers {

/// client_connected, then `conversation` unless an addon turned the client away, then the ends of its server
/// connections and client_disconnected, whatever happened. What the conversation throws comes out after that.
asio::awaitable<void> live_as_client(Context& context, asio::awaitable<void> conversation);

}  // namespace pathology::proxycore::layers
