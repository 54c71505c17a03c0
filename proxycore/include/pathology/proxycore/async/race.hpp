// Two pieces of work of which the first to end counts.
#pragma once

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/outcome.hpp>
#include <utility>
#include <variant>

namespace pathology::proxycore::async {

/// Runs both on the caller's executor. When one ends, by a value or an exception, the other one is cancelled (terminal)
/// and waited for; what it returns or throws is dropped. (`||` of Asio goes on when one side throws.)
///
/// Errors: an exception of the first to end is passed on.
/// Cancel: before the start: neither runs. While they run: passed on to both; the first to end counts, as ever.
/// Thread: that of the caller's executor.
template <class A, class B>
boost::asio::awaitable<std::variant<ValueOf<A>, ValueOf<B>>> race(boost::asio::awaitable<A> a,
                                                                  boost::asio::awaitable<B> b) {
    using namespace boost::asio::experimental::awaitable_operators;
    using Result = std::variant<ValueOf<A>, ValueOf<B>>;
    auto both = outcome_of(std::move(a)) || outcome_of(std::move(b));
    auto first = co_await std::move(both);
    if (first.index() == 0) co_return Result(std::in_place_index<0>, std::get<0>(first).get());
    co_return Result(std::in_place_index<1>, std::get<1>(first).get());
}

}  // namespace pathology::proxycore::async
