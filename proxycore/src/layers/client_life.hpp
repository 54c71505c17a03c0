// The lifecycle hooks of a client connection.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

/// Runs client_connected, then `conversation` unless an addon refused the client, then closes the server connections
/// and runs client_disconnected, also after an exception, which is passed on.
asio::awaitable<void> live_as_client(Context& context, asio::awaitable<void> conversation);

}  // namespace pathology::proxycore::layers
