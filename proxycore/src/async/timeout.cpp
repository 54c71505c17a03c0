#include <pathology/proxycore/async/timeout.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <pathology/proxycore/async/pause.hpp>

namespace pathology::proxycore::async {

namespace asio = boost::asio;

namespace {

/// `||` waits for the first success and ignores who throws, so what `work` throws travels as a value.
asio::awaitable<std::exception_ptr> caught(asio::awaitable<void> work) {
    try {
        co_await std::move(work);
    } catch (...) {
        co_return std::current_exception();
    }
    co_return nullptr;
}

}  // namespace

asio::awaitable<bool> with_timeout(TimeLimit limit, asio::awaitable<void> work) {
    using namespace asio::experimental::awaitable_operators;
    if (!limit) {
        co_await std::move(work);
        co_return true;
    }
    auto race = caught(std::move(work)) || pause(limit);
    auto const first = co_await std::move(race);
    if (first.index() == 1) co_return false;
    if (auto const thrown = std::get<0>(first)) std::rethrow_exception(thrown);
    co_return true;
}

}  // namespace pathology::proxycore::async
