#include <chrono>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::net {
namespace {

constexpr std::chrono::milliseconds delivery_check_interval{5};

}  // namespace

std::size_t Stream::write_now(asio::const_buffer /*bytes*/) { return 0; }

asio::awaitable<error_code> Stream::wait_for_end() { return async::pause(std::nullopt); }
asio::awaitable<error_code> Stream::wait_for_input() { return async::pause(std::nullopt); }

asio::awaitable<error_code> send(Stream& stream, std::string_view text) {
    asio::const_buffer const whole(text.data(), text.size());
    co_return co_await stream.write(std::span(&whole, 1));
}

asio::awaitable<void> wait_until_delivered(Stream& stream, Duration limit) {
    auto left = stream.unacknowledged();
    for (Duration waited{}; left > 0 && waited < limit; waited += delivery_check_interval) {
        co_await async::pause(delivery_check_interval);
        auto const now = stream.unacknowledged();
        if (now < left) waited = {};
        left = now;
    }
}

}  // namespace pathology::proxycore::net
