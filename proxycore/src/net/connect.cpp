#include <pathology/proxycore/net/connect.hpp>

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "net/connect_to_any.hpp"

namespace pathology::proxycore::net {
namespace {

asio::awaitable<ConnectOutcome> resolve_and_connect(std::string host, std::uint16_t port,
                                                    std::optional<int> receive_buffer) {
    ConnectOutcome unresolved;
    auto endpoints = spelled_address(host, port);
    if (endpoints.empty()) endpoints = co_await resolve(host, port, unresolved.ec);
    if (endpoints.empty()) co_return unresolved;
    co_return co_await connect_to_any(std::move(endpoints), receive_buffer);
}

std::string addresses(Endpoints const& tried) {
    std::string text;
    for (auto const& endpoint : tried) text += (text.empty() ? "" : ", ") + endpoint.address().to_string();
    return text;
}

Failure failure(std::string const& host, std::uint16_t port, error_code ec, Endpoints const& tried) {
    auto message = "cannot connect to " + to_string(proxycore::Endpoint{host, port}) + ": " + describe(ec);
    if (tried.size() > 1) message += " (tried " + addresses(tried) + ")";
    return {ec, message};
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port, TimeLimit limit,
                                                         std::optional<int> receive_buffer) {
    auto made = co_await async::with_timeout(limit, resolve_and_connect(host, port, receive_buffer));
    if (!made) {
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        co_return failure(host, port, cancelled ? error_code(asio::error::operation_aborted) : Errc::timed_out, {});
    }
    if (!made->stream) co_return failure(host, port, made->ec, made->tried);
    co_return std::move(made->stream);
}

}  // namespace pathology::proxycore::net
