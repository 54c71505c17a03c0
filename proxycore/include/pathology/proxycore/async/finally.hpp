// Cleanup that awaits: what a destructor cannot do, after work that may have been cancelled.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/outcome.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <type_traits>
#include <utility>

namespace pathology::proxycore::async {

/// Runs `work`, then the coroutine that `cleanup()` returns, whether `work` returned, threw or was cancelled.
///
/// The cleanup is not cancelled with the caller. It is cancelled (terminal) when it has taken longer than `limit` since
/// the failure of `work` or the cancellation of the caller, whichever came first; without either it has no limit.
///
/// Errors: the exception of `work` is passed on, and any of the cleanup is dropped then; if `work` returned, the
///         exception of the cleanup is passed on, unless the limit passed.
/// Cancel: before the start: neither runs. In `work`: passed on to it, then the cleanup runs. In the cleanup: starts
///         the time limit; the caller's next co_await throws.
/// Thread: that of the caller's executor, a single thread or a strand.
///
///     auto const leave = [&]() -> asio::awaitable<void> { co_await close_session(); };   // a named lambda: see CONTRIBUTING
///     co_await async::finally(converse(), leave, limit);
template <class T, class Cleanup>
boost::asio::awaitable<T> finally(boost::asio::awaitable<T> work, Cleanup cleanup, TimeLimit limit);

/// Runs `cleanup()` only if `work` threw, which includes that it was cancelled, and passes that exception on. In all
/// else as finally().
template <class T, class Cleanup>
boost::asio::awaitable<T> on_failure(boost::asio::awaitable<T> work, Cleanup cleanup, TimeLimit limit);

// --- implementation --------------------------------------------------------------------------------------------------

namespace detail {

/// Runs `cleanup` as described above. The caller has switched throw_if_cancelled off; it is set to `throws` at the end.
boost::asio::awaitable<void> clean_up(boost::asio::awaitable<void> cleanup, TimeLimit limit, bool is_failure,
                                      bool throws);

}  // namespace detail

template <class T, class Cleanup>
boost::asio::awaitable<T> finally(boost::asio::awaitable<T> work, Cleanup cleanup, TimeLimit limit) {
    auto outcome = co_await outcome_of(std::move(work));
    bool const throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    auto cleaning = detail::clean_up(cleanup(), limit, outcome.has_thrown(), throws);
    auto cleaned = co_await outcome_of(std::move(cleaning));
    if (!outcome.has_thrown()) cleaned.get();
    if constexpr (std::is_void_v<T>)
        outcome.get();
    else
        co_return outcome.get();
}

template <class T, class Cleanup>
boost::asio::awaitable<T> on_failure(boost::asio::awaitable<T> work, Cleanup cleanup, TimeLimit limit) {
    std::exception_ptr thrown;
    try {
        co_return co_await std::move(work);
    } catch (...) {
        thrown = std::current_exception();  // g++ and the standard allow no co_await in here
    }
    bool const throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    auto cleaning = detail::clean_up(cleanup(), limit, true, throws);
    co_await outcome_of(std::move(cleaning));  // the first exception counts
    std::rethrow_exception(std::move(thrown));
}

}  // namespace pathology::proxycore::async
