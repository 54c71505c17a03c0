// Feeds the reader of a server inside the test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::proxy::test {

/// False at the end of the stream.
inline boost::asio::awaitable<bool> read_more(net::Stream& stream, http1::RequestReader& reader) {
    auto const into = reader.prepare(4096);
    auto const [ec, n] = co_await stream.read_some(boost::asio::buffer(into.data(), into.size()));
    reader.commit(n);
    co_return !ec;
}

}  // namespace pathology::proxycore::proxy::test
