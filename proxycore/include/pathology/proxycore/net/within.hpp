// A time limit over a whole piece of a conversation, where a stream's own limit is one of inactivity.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/net/stream.hpp>
#include <utility>

namespace pathology::proxycore::net {

/// Runs `work`; true when it ended, false when `limit` passed first and it was cancelled (terminal) and has ended so.
/// What `work` throws comes out. No limit: no timer.
asio::awaitable<bool> finish_within(TimeLimit limit, asio::awaitable<void> work);

/// Gives what `work` returns, or nullopt when `limit` passed first.
///
/// Cancel: passed on to `work`.
template <class T> asio::awaitable<std::optional<T>> within(TimeLimit limit, asio::awaitable<T> work) {
    std::optional<T> outcome;
    auto const keep = [](asio::awaitable<T> inner, std::optional<T>& into) -> asio::awaitable<void> {
        into.emplace(co_await std::move(inner));
    };
    auto kept = keep(std::move(work), outcome);
    if (!co_await finish_within(limit, std::move(kept))) outcome.reset();  // cancelled work may return all the same
    co_return outcome;
}

}  // namespace pathology::proxycore::net
