#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::net {

std::size_t Stream::write_now(asio::const_buffer /*bytes*/) { return 0; }

asio::awaitable<error_code> Stream::wait_for_end() { return async::pause(std::nullopt); }
asio::awaitable<error_code> Stream::wait_for_input() { return async::pause(std::nullopt); }

asio::awaitable<error_code> send(Stream& stream, std::string_view text) {
    asio::const_buffer const whole(text.data(), text.size());
    co_return co_await stream.write(std::span(&whole, 1));
}

}  // namespace pathology::proxycore::net
