#include <pathology/proxycore/net/connect.hpp>

#include <sys/socket.h>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <optional>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "net/resolve.hpp"
#include "net/tcp_stream.hpp"

namespace pathology::proxycore::net {
namespace {

/// The result of an attempt. It has a constructor because it is a temporary of a co_await statement.
struct Attempt {
    Attempt() = default;

    std::unique_ptr<Stream> stream;
    error_code ec;  // why there is no stream
    Endpoints tried;
};

/// Sets non-blocking mode here, which saves a system call later.
error_code open_anew(asio::ip::tcp::socket& socket, asio::ip::tcp::endpoint const& endpoint) {
    error_code ec;
    socket.close(ec);
    socket.open(endpoint.protocol(), ec);
    if (!ec) socket.non_blocking(true, ec);
    return ec;
}

/// Calls connect() twice: on loopback the handshake is over when the first call returns, and waiting for the reactor
/// would cost more than the connection. Returns in_progress if it is not over.
error_code connect_at_once(asio::ip::tcp::socket& socket, asio::ip::tcp::endpoint const& endpoint) {
    for (int turn = 0; turn < 2; ++turn) {
        if (::connect(socket.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
        error_code const ec(errno, boost::system::system_category());
        if (ec == asio::error::already_connected) return {};
        if (ec != asio::error::in_progress && ec != asio::error::already_started) return ec;
    }
    return asio::error::in_progress;
}

// connect(2), EINPROGRESS: the socket becomes writable at the end of the handshake, and SO_ERROR has its result.
asio::awaitable<error_code> await_handshake(asio::ip::tcp::socket& socket) {
    auto const [ec] = co_await socket.async_wait(asio::socket_base::wait_write, async::as_values);
    if (ec) co_return ec;
    int outcome = 0;
    socklen_t size = sizeof outcome;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &outcome, &size);
    co_return error_code(outcome, boost::system::system_category());
}

asio::awaitable<Attempt> attempt(std::string host, std::uint16_t port) {
    Attempt made;
    auto endpoints = spelled_address(host, port);
    if (endpoints.empty()) endpoints = co_await resolve(host, port, made.ec);
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    // In the order of getaddrinfo (RFC 6724), one after another; the limit of the caller is for all of them.
    for (auto const& endpoint : endpoints) {
        made.tried.push_back(endpoint);
        made.ec = open_anew(socket, endpoint);
        if (made.ec) continue;
        made.ec = connect_at_once(socket, endpoint);
        if (made.ec == asio::error::in_progress) made.ec = co_await await_handshake(socket);
        if (made.ec) continue;
        made.stream = std::make_unique<TcpStream>(std::move(socket), endpoint);
        break;
    }
    co_return made;
}

std::string addresses(Endpoints const& tried) {
    std::string text;
    for (auto const& endpoint : tried) text += (text.empty() ? "" : ", ") + endpoint.address().to_string();
    return text;
}

Failure failure(std::string const& host, std::uint16_t port, error_code ec, Endpoints const& tried) {
    auto message = "cannot connect to " + host + ":" + std::to_string(port) + ": " + describe(ec);
    if (tried.size() > 1) message += " (tried " + addresses(tried) + ")";
    return {ec, message};
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port, TimeLimit limit) {
    auto made = co_await async::with_timeout(limit, attempt(host, port));
    if (!made) {
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        co_return failure(host, port, cancelled ? error_code(asio::error::operation_aborted) : Errc::timed_out, {});
    }
    if (!made->stream) co_return failure(host, port, made->ec, made->tried);
    co_return std::move(made->stream);
}

}  // namespace pathology::proxycore::net
