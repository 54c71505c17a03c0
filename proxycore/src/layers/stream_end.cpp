#include "layers/stream_end.hpp"

#include <chrono>
#include <pathology/proxycore/tls/errc.hpp>

namespace pathology::proxycore::layers {
namespace {

/// How long a peer may read nothing until a reset that waits for it is sent all the same.
constexpr std::chrono::seconds max_stall{5};

}  // namespace

StreamEnd end_of(net::error_code ec) noexcept {
    if (!ec || ec == asio::error::eof) return StreamEnd::complete;
    return ec == tls::Errc::truncated ? StreamEnd::truncated : StreamEnd::broken;
}

asio::awaitable<void> carry_end(StreamEnd end, net::Stream& to) {
    switch (end) {
        case StreamEnd::complete: to.close(net::CloseMode::half_close); break;
        case StreamEnd::truncated: to.close(net::CloseMode::truncate); break;
        case StreamEnd::broken:
            co_await net::wait_until_delivered(to, max_stall);
            to.close(net::CloseMode::reset);
            break;
    }
}

}  // namespace pathology::proxycore::layers
