#include "layers/race_with_disconnect.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <pathology/proxycore/async/cancellation.hpp>
#include <pathology/proxycore/async/pause.hpp>

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

/// Cancels work, for its owner and for a client that has left.
class Stop {
public:
    explicit Stop(ClientStream& client) : client_(client) {
        is_told_ = client.tell_of_abort([this] {
            has_left_ = true;
            signal_.emit(asio::cancellation_type::terminal);
        });
    }
    ~Stop() { client_.tell_of_abort(nullptr); }
    Stop(Stop const&) = delete;
    Stop& operator=(Stop const&) = delete;

    bool is_told() const { return is_told_; }
    bool has_left() const { return has_left_; }
    asio::cancellation_signal& signal() { return signal_; }

private:
    ClientStream& client_;
    asio::cancellation_signal signal_;
    bool is_told_ = false, has_left_ = false;
};

/// Passes one cancellation on to another.
class Forward {
public:
    Forward(asio::cancellation_slot from, asio::cancellation_signal& to) : from_(from) {
        if (from_.is_connected()) from_.assign([&to](asio::cancellation_type type) { to.emit(type); });
    }
    ~Forward() { from_.clear(); }
    Forward(Forward const&) = delete;
    Forward& operator=(Forward const&) = delete;

private:
    asio::cancellation_slot from_;
};

/// The signal cancels it, and so does whatever cancels who waits for it.
asio::awaitable<void> run(asio::awaitable<void> work, asio::cancellation_signal& stop) {
    auto const executor = co_await asio::this_coro::executor;
    auto const own = co_await asio::this_coro::cancellation_state;
    Forward const forward(own.slot(), stop);
    auto end = asio::bind_cancellation_slot(stop.slot(), asio::use_awaitable);
    co_await asio::co_spawn(executor, std::move(work), std::move(end));
}

}  // namespace

Failure client_disconnected(net::error_code ec) {
    return {Failure::Kind::closed, "the client is gone: " + net::describe(ec)};
}

asio::awaitable<Failure> wait_for_client_end(net::Stream& client) {
    auto const ec = co_await client.wait_for_end();
    co_return client_disconnected(ec);
}

asio::awaitable<Failure> wait_for_client_loss(net::Stream& client) {
    auto const ec = co_await client.wait_for_end();
    if (ec == asio::error::eof) co_await async::pause(std::nullopt);
    co_return client_disconnected(ec);
}

asio::awaitable<std::optional<Failure>> race_with_disconnect(asio::awaitable<void> work,
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

asio::awaitable<std::optional<Failure>> race_with_disconnect(asio::awaitable<void> work, ClientStream& client,
                                                             std::chrono::milliseconds grace) {
    Stop stop(client);
    if (!stop.is_told()) co_return co_await race_with_disconnect(std::move(work), client.wait_for_abort(grace));
    std::exception_ptr thrown;
    try {
        if (!stop.has_left()) co_await run(std::move(work), stop.signal());
    } catch (...) {
        thrown = std::current_exception();
    }
    bool const is_failure = thrown && !async::is_cancellation(thrown);
    if (stop.has_left() && !is_failure) co_return co_await client.wait_for_abort(grace);
    if (thrown) std::rethrow_exception(thrown);
    co_return std::nullopt;
}

}  // namespace pathology::proxycore::layers
