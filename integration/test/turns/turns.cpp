#include "turns/turns.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/turns.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <stdexcept>
#include <utility>

#include "support/play.hpp"

namespace pathology::integration {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

/// Wider than what is aimed at: sanitizers, and a machine that does other work too, make every turn longer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr auto max_turn = 50 * async::max_turn;
#else
constexpr auto max_turn = 5 * async::max_turn;
#endif

asio::awaitable<std::unique_ptr<net::Stream>> connected(std::uint16_t port) {
    auto stream = co_await net::connect("127.0.0.1", port, std::chrono::seconds(20));
    co_return std::move(stream).value();
}

/// Appends what is read; returns false at the end.
asio::awaitable<bool> read_more(net::Stream& stream, std::string& received) {
    std::array<char, 65536> room;
    auto const [ec, n] = co_await stream.read_some(asio::buffer(room));
    received.append(room.data(), n);
    co_return !ec;
}

asio::awaitable<void> ask_until(bool const& is_over, Bystander const& bystander, int& served) {
    auto stream = co_await connected(bystander.port);
    while (!is_over) {
        if (auto const ec = co_await net::send(*stream, bystander.request)) throw std::runtime_error(net::describe(ec));
        for (std::string received; !received.ends_with("\r\n\r\nok");) {
            bool const has_more = co_await read_more(*stream, received);
            if (!has_more) throw std::runtime_error("the other client got: " + received);
        }
        ++served;
    }
}

asio::awaitable<void> run_attack(Attack const& attack, bool& is_over) {
    co_await attack();
    is_over = true;
}

asio::awaitable<void> send_all(net::Stream& stream, std::string_view bytes) {
    (void)co_await net::send(stream, bytes);  // the peer may close before it has read everything
    stream.close(net::CloseMode::half_close);
}

asio::awaitable<void> drop_all(net::Stream& stream) {
    for (bool has_more = true; has_more;) {
        std::string dropped;
        has_more = co_await read_more(stream, dropped);
    }
}

}  // namespace

void expect_short_turns(Bystander const& bystander, Attack const& attack) {
    async::forget_longest_turn();
    int served = 0;
    proxycore::test::play([&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        bool is_over = false;
        auto both = run_attack(attack, is_over) && ask_until(is_over, bystander, served);
        co_await std::move(both);
    });
    EXPECT_GT(served, 0);
    auto const busy = std::chrono::duration_cast<std::chrono::microseconds>(async::longest_turn());
    testing::Test::RecordProperty("longest_turn_us", std::to_string(busy.count()));
    EXPECT_LT(busy, max_turn) << "the longest turn, in microseconds";
}

asio::awaitable<void> send_and_read(std::uint16_t port, std::string bytes) {
    using namespace asio::experimental::awaitable_operators;
    auto stream = co_await connected(port);
    auto both = send_all(*stream, bytes) && drop_all(*stream);
    co_await std::move(both);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace pathology::integration
