#include "layers/unless_left.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <pathology/proxycore/net/pause.hpp>

namespace pathology::proxycore::layers {
namespace {

/// `||` waits for the first success and ignores who throws, so what is thrown travels as a value.
asio::awaitable<std::exception_ptr> caught(asio::awaitable<void> work) {
    try {
        co_await std::move(work);
    } catch (...) {
        co_return std::current_exception();
    }
    co_return nullptr;
}

asio::awaitable<void> keep(asio::awaitable<Failure> leaving, std::optional<Failure>& left) {
    left = co_await std::move(leaving);
}

}  // namespace

Failure client_is_gone(net::error_code ec) {
    return {Failure::Kind::closed, "the client is gone: " + net::describe(ec)};
}

asio::awaitable<Failure> wait_until_left(net::Stream& client) {
    auto const ec = co_await client.wait_for_end();
    co_return client_is_gone(ec);
}

asio::awaitable<Failure> wait_until_broken(net::Stream& client) {
    auto const ec = co_await client.wait_for_end();
    if (ec == asio::error::eof) co_await net::pause(std::nullopt);
    co_return client_is_gone(ec);
}

asio::awaitable<std::optional<Failure>> finish_unless_left(asio::awaitable<void> work,
                                                           asio::awaitable<Failure> leaving) {
    using namespace asio::experimental::awaitable_operators;
    std::optional<Failure> left;
    auto race = caught(std::move(work)) || caught(keep(std::move(leaving), left));
    auto const first = co_await std::move(race);
    bool const is_done = first.index() == 0;
    auto const thrown = is_done ? std::get<0>(first) : std::get<1>(first);
    if (thrown) std::rethrow_exception(thrown);
    if (is_done) left.reset();
    co_return left;
}

}  // namespace pathology::proxycore::layers
