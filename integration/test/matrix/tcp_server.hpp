// A server of bytes that are not HTTP.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "matrix/cell.hpp"
#include "proxy/origin.hpp"
#include "proxy/secure_origin.hpp"

namespace pathology::integration::matrix {

/// Reads `tcp_ping`, responds with `tcp_pong` and ends behind its client, or in the way of a fault in the middle of that.
class TcpServer {
public:
    explicit TcpServer(Security security);

    std::uint16_t port() const { return secure_ ? secure_->port() : plain_->port(); }
    std::string received() const;
    void forget();

    std::atomic<Fault> fault = Fault::none;

private:
    boost::asio::awaitable<void> serve(proxycore::net::Stream& stream);

    mutable std::mutex mutex_;
    std::string received_;
    std::unique_ptr<proxycore::proxy::test::Origin> plain_;
    std::unique_ptr<proxycore::proxy::test::SecureOrigin> secure_;
};

inline constexpr std::string_view tcp_ping = "\x01\x02 ping", tcp_pong = "\x03\x04 pong";

}  // namespace pathology::integration::matrix
