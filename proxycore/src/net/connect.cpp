#include <pathology/proxycore/net/connect.hpp>

#include <boost/asio/this_coro.hpp>
#include <optional>
#include <pathology/proxycore/net/token.hpp>
#include <pathology/proxycore/net/within.hpp>

#include "net/resolve.hpp"
#include "net/tcp_stream.hpp"

namespace pathology::proxycore::net {
namespace {

/// What an attempt came to; a class with a constructor, as it travels through co_await.
struct Attempt {
    Attempt() = default;

    std::unique_ptr<Stream> stream;
    error_code ec;  // why there is no stream
    Endpoints tried;
};

/// Non-blocking from the start, which spares the connection a system call later.
error_code open_anew(asio::ip::tcp::socket& socket, asio::ip::tcp::endpoint const& endpoint) {
    error_code ec;
    socket.close(ec);
    socket.open(endpoint.protocol(), ec);
    if (!ec) socket.non_blocking(true, ec);
    return ec;
}

asio::awaitable<Attempt> attempt(std::string host, std::uint16_t port) {
    Attempt made;
    auto endpoints = spelled_address(host, port);
    if (endpoints.empty()) endpoints = co_await resolve(host, port, made.ec);
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    for (auto const& endpoint : endpoints) {
        made.tried.push_back(endpoint);
        made.ec = open_anew(socket, endpoint);
        if (made.ec) continue;
        auto const [ec] = co_await socket.async_connect(endpoint, as_values);
        made.ec = ec;
        if (ec) continue;
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
    auto made = co_await within(limit, attempt(host, port));
    if (!made) {
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        co_return failure(host, port, cancelled ? error_code(asio::error::operation_aborted) : Errc::timed_out, {});
    }
    if (!made->stream) co_return failure(host, port, made->ec, made->tried);
    co_return std::move(made->stream);
}

}  // namespace pathology::proxycore::net
