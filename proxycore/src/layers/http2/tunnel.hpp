// What goes through an HTTP/2 stream that was opened by CONNECT, as a stream of bytes (RFC 9113 §8.5, RFC 8441 §5).
#pragma once

#include <memory>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/http2/body.hpp"

namespace pathology::proxycore::layers {

/// DATA is bytes, END_STREAM the end of a side, and RST_STREAM with `reset` a reset: CONNECT_ERROR in a tunnel by
/// CONNECT, CANCEL in a WebSocket. `body` is kept as long as it is used, with all it needs.
std::unique_ptr<net::Stream> make_http2_tunnel(std::shared_ptr<Http2Body> body, http2::ErrorCode reset);

}  // namespace pathology::proxycore::layers
