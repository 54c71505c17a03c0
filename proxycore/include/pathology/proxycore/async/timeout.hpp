// Time limits over whole pieces of a conversation, where a stream's own limit is one of inactivity; and pauses.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <optional>
#include <utility>

namespace pathology::proxycore::async {

using Duration = std::chrono::steady_clock::duration;

/// How long an operation may take; std::nullopt: no limit.
using TimeLimit = std::optional<Duration>;

/// Waits for `length`; std::nullopt: until cancelled.
///
/// Cancel: before the start: throws operation_aborted. While waiting: returns operation_aborted at once. Otherwise the
///         returned code is empty.
boost::asio::awaitable<boost::system::error_code> pause(TimeLimit length);

/// Runs `work`. Returns false if `limit` passed first: `work` was cancelled (terminal) then, and has ended. Work that
/// goes on after a cancellation is waited for.
///
/// Errors: exceptions of `work` are passed on, except those after the limit passed.
/// Cancel: before the start: `work` does not run. While it runs: passed on to `work`.
/// Thread: that of the caller's executor, a single thread or a strand.
boost::asio::awaitable<bool> with_timeout(TimeLimit limit, boost::asio::awaitable<void> work);

/// Returns the result of `work`, or std::nullopt if `limit` passed first.
template <class T>
boost::asio::awaitable<std::optional<T>> with_timeout(TimeLimit limit, boost::asio::awaitable<T> work) {
    std::optional<T> result;
    auto const keep = [](boost::asio::awaitable<T> inner, std::optional<T>& into) -> boost::asio::awaitable<void> {
        into.emplace(co_await std::move(inner));
    };
    auto kept = keep(std::move(work), result);
    if (!co_await with_timeout(limit, std::move(kept))) result.reset();  // cancelled work may return all the same
    co_return result;
}

}  // namespace pathology::proxycore::async
