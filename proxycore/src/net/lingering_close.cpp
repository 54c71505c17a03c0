#include <pathology/proxycore/net/lingering_close.hpp>

#include <cstdint>
#include <pathology/proxycore/async/timeout.hpp>
#include <vector>

namespace pathology::proxycore::net {
namespace {

constexpr std::chrono::seconds max_time{2};
constexpr std::uint64_t max_lingering = 1ULL << 24U, max_discarded = 1ULL << 34U;

asio::awaitable<void> drop_input(Stream& stream, std::uint64_t max) {
    std::vector<char> block(64 * 1024);
    for (std::uint64_t dropped = 0; dropped < max;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        dropped += n;
    }
}

}  // namespace

asio::awaitable<void> close_lingering(Stream& stream) {
    stream.close(CloseMode::half_close);
    auto dropping = drop_input(stream, max_lingering);
    co_await async::with_timeout(max_time, std::move(dropping));
    stream.close(CloseMode::fin);
}

asio::awaitable<void> discard_until_end(Stream& stream) { return drop_input(stream, max_discarded); }

}  // namespace pathology::proxycore::net
