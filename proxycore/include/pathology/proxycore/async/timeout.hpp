// Time limits over whole pieces of a conversation, where a stream's own limit is one of inactivity.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>

namespace pathology::proxycore::async {

using Duration = std::chrono::steady_clock::duration;

/// How long an operation may take; std::nullopt: no limit.
using TimeLimit = std::optional<Duration>;

/// Runs `work`. Returns false if `limit` passed first: `work` was cancelled (terminal) then, and has ended.
///
/// Errors: exceptions of `work` are passed on.
/// Cancel: passed on to `work`.
boost::asio::awaitable<bool> with_timeout(TimeLimit limit, boost::asio::awaitable<void> work);

/// Returns the result of `work`, or std::nullopt if `limit` passed first.
template <class T>
boost::asio::awaitable<std::optional<T>> with_timeout(TimeLimit limit, boost::asio::awaitable<T> work) {
    std::optional<T> outcome;
    auto const keep = [](boost::asio::awaitable<T> inner, std::optional<T>& into) -> boost::asio::awaitable<void> {
        into.emplace(co_await std::move(inner));
    };
    auto kept = keep(std::move(work), outcome);
    if (!co_await with_timeout(limit, std::move(kept))) outcome.reset();  // cancelled work may return all the same
    co_return outcome;
}

}  // namespace pathology::proxycore::async
