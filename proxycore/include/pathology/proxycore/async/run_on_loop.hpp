// Work for another thread's loop, with its result.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <pathology/proxycore/async/completion.hpp>
#include <pathology/proxycore/async/outcome.hpp>
#include <type_traits>
#include <utility>

namespace pathology::proxycore::async {

namespace detail {

template <class R> struct ResultOnLoop {
    using Type = R;
    static constexpr bool is_coroutine = false;
};
template <class R> struct ResultOnLoop<boost::asio::awaitable<R>> {
    using Type = R;
    static constexpr bool is_coroutine = true;
};

template <class F> Outcome<std::invoke_result_t<F&>> call(F& work) {
    using Result = std::invoke_result_t<F&>;
    try {
        if constexpr (std::is_void_v<Result>) {
            work();
            return Outcome<void>(std::monostate());
        } else {
            return Outcome<Result>(work());
        }
    } catch (...) {
        return Outcome<Result>(std::current_exception());
    }
}

template <class T, class F> boost::asio::awaitable<void> run_for(F work, typename Completion<T>::Setter setter) {
    auto outcome = co_await outcome_of(work());
    setter.set(std::move(outcome));
}

}  // namespace detail

/// Runs `work()` on `loop`, later than this call, from whatever thread this is called. A coroutine that it returns is
/// run to its end there. The result, or what was thrown, is in the returned Completion: `co_await ….wait()` on another
/// loop, `.get()` to block a thread, `.future()`; or it may be ignored.
///
/// Cancel: ending the wait does not cancel the work.
/// Errors: if the loop is destroyed before the work ended, waiting throws `if_abandoned`.
/// Thread: any. `work` runs and is destroyed on the loop, or where the loop is destroyed.
template <class F>
auto run_on_loop(boost::asio::any_io_executor const& loop, F work,
                 boost::system::error_code if_abandoned = boost::asio::error::operation_aborted) {
    using Traits = detail::ResultOnLoop<std::invoke_result_t<F&>>;
    Completion<typename Traits::Type> completion;
    auto setter = completion.setter(if_abandoned);
    if constexpr (Traits::is_coroutine) {
        boost::asio::co_spawn(loop, detail::run_for<typename Traits::Type>(std::move(work), std::move(setter)),
                              boost::asio::detached);
    } else {
        boost::asio::post(loop, [work = std::move(work), setter = std::move(setter)]() mutable {
            auto outcome = detail::call(work);
            setter.set(std::move(outcome));
        });
    }
    return completion;
}

}  // namespace pathology::proxycore::async
