// Work for a client that may disconnect, or abort its request, before the work is done.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <utility>

#include "layers/exchange/http_streams.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Calls `then` when the client aborts its request, at once if it has; until the destructor, since the callback refers to
/// this object.
class AbortCallback {
public:
    AbortCallback(ClientStream& client, std::function<void()> then);
    ~AbortCallback() { client_.set_abort_handler(nullptr); }
    AbortCallback(AbortCallback const&) = delete;
    AbortCallback& operator=(AbortCallback const&) = delete;

    /// Returns false if the client can only be waited for, see ClientStream::wait_for_abort().
    bool is_supported() const { return is_supported_; }
    bool has_aborted() const { return has_aborted_; }

private:
    ClientStream& client_;
    bool is_supported_ = false, has_aborted_ = false;
};

/// Waits until the client has ended its side of the connection, or the connection is lost.
asio::awaitable<Failure> wait_for_client_end(net::Stream& client);
/// Waits until the connection is lost; a client that has only ended its side may still read.
asio::awaitable<Failure> wait_for_client_loss(net::Stream& client);

/// The failure for a client connection that ended with `ec`.
Failure client_disconnected(net::error_code ec);

/// Runs `work`. Returns how the client disconnected if `disconnect` ended first: `work` was cancelled (terminal) then,
/// and has ended.
///
/// Errors: exceptions of either are passed on.
/// Cancel: passed on to both.
asio::awaitable<std::optional<Failure>> race_with_disconnect(asio::awaitable<void> work,
                                                             asio::awaitable<Failure> disconnect);
/// The same for the client of an exchange. If it calls back on abort, no second coroutine has to wait for that.
asio::awaitable<std::optional<Failure>> race_with_disconnect(asio::awaitable<void> work, ClientStream& client,
                                                             std::chrono::milliseconds grace);

/// Stores the result of `work`.
template <class T> asio::awaitable<void> keep_outcome(asio::awaitable<T> work, std::optional<T>& into) {
    into.emplace(co_await std::move(work));
}

/// Returns the result of `work`. Returns std::nullopt and sets `disconnected` if the client disconnected first.
template <class T>
asio::awaitable<std::optional<T>> race_with_disconnect(asio::awaitable<T> work, asio::awaitable<Failure> disconnect,
                                                       std::optional<Failure>& disconnected) {
    std::optional<T> outcome;
    auto kept = keep_outcome(std::move(work), outcome);
    disconnected = co_await race_with_disconnect(std::move(kept), std::move(disconnect));
    if (disconnected) outcome.reset();  // cancelled work may return all the same
    co_return outcome;
}
template <class T>
asio::awaitable<std::optional<T>> race_with_disconnect(asio::awaitable<T> work, ClientStream& client,
                                                       std::chrono::milliseconds grace,
                                                       std::optional<Failure>& disconnected) {
    std::optional<T> outcome;
    auto kept = keep_outcome(std::move(work), outcome);
    disconnected = co_await race_with_disconnect(std::move(kept), client, grace);
    if (disconnected) outcome.reset();  // cancelled work may return all the same
    co_return outcome;
}

}  // namespace pathology::proxycore::layers
