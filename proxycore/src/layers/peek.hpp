// Reading ahead, and giving back.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Reads once, and adds what came to `bytes`, which holds it even when the read is cancelled at that very moment.
asio::awaitable<net::error_code> read_into(net::Stream& stream, std::string& bytes);

/// What the stream begins with: at least `least` bytes, or all there are until it ends. It gives them again.
asio::awaitable<std::string> peek(std::unique_ptr<net::Stream>& stream, std::size_t least);

}  // namespace pathology::proxycore::layers
