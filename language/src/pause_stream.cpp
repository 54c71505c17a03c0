#include "pause_stream.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::language {
namespace {

namespace async = proxycore::async;

/// Waits for the end of the connection. A peer that has closed its side may still read, so a limited pause goes on; an
/// unlimited one ends.
asio::awaitable<net::error_code> wait_for_disconnect(net::Stream& stream, bool for_ever) {
    auto const ec = co_await stream.wait_for_end();
    if (ec == asio::error::eof && !for_ever) co_await async::pause(std::nullopt);
    co_return ec;
}

}  // namespace

asio::awaitable<net::error_code> pause_or_disconnect(net::Stream& stream, net::TimeLimit length, bool for_ever) {
    using namespace asio::experimental::awaitable_operators;
    auto both = async::pause(length) || wait_for_disconnect(stream, for_ever);
    auto const first = co_await std::move(both);
    co_return first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
}

}  // namespace pathology::language
