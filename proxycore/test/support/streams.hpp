// What tests do with a Stream, said in one word.
#pragma once

#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::test {

/// Reads until `size` bytes are there or the stream ends or fails; gives what came.
boost::asio::awaitable<std::string> read_exactly(net::Stream& stream, std::size_t size);

/// Reads until the stream ends or fails; gives the code it ended with.
boost::asio::awaitable<net::error_code> read_to_end(net::Stream& stream, std::string& into);

/// Sends back what comes until the stream ends, then ends it too.
boost::asio::awaitable<void> echo(net::Stream& stream);

}  // namespace pathology::proxycore::test
