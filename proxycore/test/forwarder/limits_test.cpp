// The limit of requests at a time, and those that wait for a slot.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pathology/proxycore/async/completion.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>
#include <vector>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/origin.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using proxy::test::Origin;
using proxycore::test::patience;
using test::ForwarderFixture;
using test::get_of;
using test::TestClient;
using testing::HasSubstr;

constexpr char page[] = "http://origin.test/x";
constexpr char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/// Holds each request until it is opened.
class Gate {
public:
    std::uint16_t port() const { return upstream_.port(); }
    /// Waits until so many requests are held; false after 20 seconds.
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return held_.size() >= count; });
    }
    void open() {
        std::scoped_lock const lock(mutex_);
        is_open_ = true;
        for (auto const& request : held_) request.set_value();
        held_.clear();
    }
    std::size_t max_held() const { return max_held_; }

private:
    boost::asio::awaitable<void> serve(net::Stream& stream) {
        co_await proxy::test::read_head(stream);
        async::Completion<> opened;
        hold(opened.setter());
        co_await opened.wait();
        co_await net::send(stream, ok);
    }
    void hold(async::Completion<>::Setter request) {
        std::scoped_lock const lock(mutex_);
        if (is_open_) return request.set_value();
        held_.push_back(std::move(request));
        max_held_ = std::max(max_held_.load(), held_.size());
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<async::Completion<>::Setter> held_;
    std::atomic<std::size_t> max_held_ = 0;
    bool is_open_ = false;
    Origin upstream_{[this](net::Stream& stream) -> boost::asio::awaitable<void> { co_await serve(stream); }};
};

TEST(ForwarderLimits, P89_d_NoMoreRequestsThanSlotsAreForwarded) {
    Gate gate;
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=2");
    forwarder.choose(gate.port());
    forwarder.start();
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<TestClient>(forwarder.port()));
        clients.back()->send(get_of(page));
    }
    EXPECT_TRUE(gate.wait_for(2));
    EXPECT_TRUE(forwarder.wait_until([](auto const& now) { return now.forwarded == 2 && now.waiting == 2; }));
    EXPECT_EQ(gate.max_held(), 2U);
    gate.open();
    for (auto const& client : clients) EXPECT_EQ(client->read_response().body, "ok");
    EXPECT_EQ(forwarder.activities(4).size(), 4U);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
}

/// Sends a piece of an event stream again and again until it is opened.
boost::asio::awaitable<void> drip(net::Stream& stream, std::atomic<bool> const& is_open) {
    co_await proxy::test::read_head(stream);
    co_await net::send(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    while (!is_open) {
        co_await net::send(stream, "data: x\n\n");
        co_await async::pause(20ms);
    }
}

TEST(ForwarderLimits, P86_a_NoSlotInTimeIs504) {
    std::atomic<bool> is_open = false;
    Origin const upstream([&](net::Stream& stream) -> boost::asio::awaitable<void> { co_await drip(stream, is_open); });
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=1\nHTTPX_TIMEOUT=1");
    forwarder.choose(upstream.port());
    forwarder.start();
    TestClient first(forwarder.port());
    first.send(get_of(page));
    EXPECT_THAT(first.read_some(), HasSubstr("200 OK"));
    auto const refused = forwarder.get(page);
    EXPECT_EQ(refused.status, 504U);
    EXPECT_THAT(refused.body, HasSubstr("too many requests at a time"));
    EXPECT_EQ(forwarder.backend.asked("/proxy").size(), 1U);
    is_open = true;
    EXPECT_THAT(first.read_to_end(), HasSubstr("data: x"));
    EXPECT_EQ(forwarder.get(page).status, 200U);
}

/// A client that waits for a slot and leaves takes none with it.
TEST(ForwarderLimits, AClientThatLeavesTheQueueLosesItsPlace) {
    Gate gate;
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=1");
    forwarder.choose(gate.port());
    forwarder.start();
    TestClient first(forwarder.port());
    first.send(get_of(page));
    EXPECT_TRUE(gate.wait_for(1));
    {
        TestClient second(forwarder.port());
        second.send(get_of(page));
        EXPECT_TRUE(forwarder.wait_until([](auto const& now) { return now.waiting == 1; }));
        second.close(net::CloseMode::reset);
    }
    EXPECT_TRUE(forwarder.wait_until([](auto const& now) { return now.waiting == 0; }));
    gate.open();
    EXPECT_EQ(first.read_response().status, 200U);
    EXPECT_EQ(forwarder.activities(2).size(), 2U);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
