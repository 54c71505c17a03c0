// Work for a request that its client may abort before it is done.
#pragma once

#include <chrono>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <utility>

#include "layers/unless_left.hpp"

namespace pathology::proxycore::layers {

/// As finish_unless_left(), for the client of an exchange. One that tells of its end costs no coroutine that waits for
/// it.
asio::awaitable<std::optional<Failure>> finish_unless_aborted(asio::awaitable<void> work, ClientStream& client,
                                                              std::chrono::milliseconds grace);

/// What `work` gives, or nothing when the client aborted the request before; `left` says how then.
template <class T>
asio::awaitable<std::optional<T>> unless_aborted(asio::awaitable<T> work, ClientStream& client,
                                                 std::chrono::milliseconds grace, std::optional<Failure>& left) {
    std::optional<T> outcome;
    auto kept = keep_outcome(std::move(work), outcome);
    left = co_await finish_unless_aborted(std::move(kept), client, grace);
    if (left) outcome.reset();  // cancelled work may return all the same
    co_return outcome;
}

}  // namespace pathology::proxycore::layers
