// The outermost layer of a client connection, chosen by the mode of its listener.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Sets the destination of `context` if the mode determines it, and runs the next layer. `original` is the destination
/// that the client connected to, for transparent mode.
asio::awaitable<void> run_mode(Context& context, std::unique_ptr<net::Stream> stream, std::optional<Endpoint> original);

}  // namespace pathology::proxycore::layers
