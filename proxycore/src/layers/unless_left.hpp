// Work for a client that may leave before it is done.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <utility>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Waits until the client has ended its side, or is gone, and says how: for one that has said what it wants and can
/// want nothing more.
asio::awaitable<Failure> wait_until_left(net::Stream& client);
/// Waits until it is gone; one that has ended its side may still listen.
asio::awaitable<Failure> wait_until_broken(net::Stream& client);

/// How a client left, by the code that told of it.
Failure client_is_gone(net::error_code ec);

/// Runs `work` to its end; how the client left, when `leaving` ended first: `work` was cancelled then (terminal), and
/// has ended.
///
/// Errors: what either throws comes out. Cancel: passed on to both.
asio::awaitable<std::optional<Failure>> finish_unless_left(asio::awaitable<void> work,
                                                           asio::awaitable<Failure> leaving);

/// Keeps what `work` gives.
template <class T> asio::awaitable<void> keep_outcome(asio::awaitable<T> work, std::optional<T>& into) {
    into.emplace(co_await std::move(work));
}

/// What `work` gives, or nothing when the client left before; `left` says how then.
template <class T>
asio::awaitable<std::optional<T>> unless_left(asio::awaitable<T> work, asio::awaitable<Failure> leaving,
                                              std::optional<Failure>& left) {
    std::optional<T> outcome;
    auto kept = keep_outcome(std::move(work), outcome);
    left = co_await finish_unless_left(std::move(kept), std::move(leaving));
    if (left) outcome.reset();  // cancelled work may return all the same
    co_return outcome;
}

}  // namespace pathology::proxycore::layers
