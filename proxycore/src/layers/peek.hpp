// Reading the first bytes of a stream without consuming them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Reads once and appends to `bytes`, also if the read is cancelled just as it completes.
asio::awaitable<net::error_code> read_into(net::Stream& stream, std::string& bytes);

/// Returns the first bytes of the stream: at least `min`, or all until it ends. `stream` returns them again.
asio::awaitable<std::string> peek(std::unique_ptr<net::Stream>& stream, std::size_t min);

}  // namespace pathology::proxycore::layers
