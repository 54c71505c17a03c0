// How the end of one peer's stream becomes the end of the other peer's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// How a peer ended its side of a stream.
enum class StreamEnd : std::uint8_t {
    complete,   ///< FIN, with TLS behind a close_notify; END_STREAM
    truncated,  ///< FIN without close_notify: bytes may be missing (RFC 8446 §6.1)
    broken,     ///< RST, RST_STREAM, a time limit, a failure of TLS
};

StreamEnd end_of(net::error_code ec) noexcept;

/// Ends our side of `to` in the same way, behind the bytes that were written:
///
///     complete    close_notify and FIN, END_STREAM; reads go on
///     truncated   FIN without close_notify; where nothing shows that, as complete; reads go on
///     broken      RST or RST_STREAM, as soon as the peer's system has the bytes; nothing is read any more
asio::awaitable<void> carry_end(StreamEnd end, net::Stream& to);

}  // namespace pathology::proxycore::layers
