#include <pathology/proxycore/net/lingering_close.hpp>

#include <pathology/proxycore/async/timeout.hpp>
#include <vector>

namespace pathology::proxycore::net {
namespace {

constexpr std::chrono::seconds max_time{2};
constexpr std::size_t max_dropped = 1 << 24;

asio::awaitable<void> drop_input(Stream& stream) {
    std::vector<char> block(64 * 1024);
    for (std::size_t dropped = 0; dropped < max_dropped;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        dropped += n;
    }
}

}  // namespace

asio::awaitable<void> close_lingering(Stream& stream) {
    stream.close(CloseMode::half_close);
    auto dropping = drop_input(stream);
    co_await async::with_timeout(max_time, std::move(dropping));
    stream.close(CloseMode::fin);
}

}  // namespace pathology::proxycore::net
