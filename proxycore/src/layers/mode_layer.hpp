// The outermost layer of a client connection: what its listener is there for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Settles where the conversation leads to, as far as the mode knows, and goes on with the next layer. `original` is
/// where the client meant to connect, for transparent mode.
asio::awaitable<void> run_mode(Context& context, std::unique_ptr<net::Stream> stream,
                               std::optional<Endpoint> original);

}  // namespace pathology::proxycore::layers
