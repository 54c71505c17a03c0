#include <gmock/gmock.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <mutex>
#include <pathology/proxycore/async/completion.hpp>
#include <thread>

#include "addons/chain_fixture.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::ChainFixture;
using test::make_flow;
using test::play;
using test::run;
using testing::ElementsAre;

/// Blocks its thread in `request` until as many calls are inside as are wanted.
class Blocker : public Addon {
public:
    Blocker(HookSet concurrent, int wanted) : concurrent_(concurrent), wanted_(wanted) {}
    std::string name() const override { return "blocker"; }
    HookSet concurrent() const override { return concurrent_; }

    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        std::unique_lock lock(mutex_);
        ++inside_;
        max_count_ = std::max(max_count_, inside_);
        changed_.notify_all();
        bool const met = changed_.wait_for(lock, proxycore::test::patience, [&] { return max_count_ >= wanted_; });
        --inside_;
        if (!met) throw std::runtime_error("nobody came");
        flow.comment = "met";
        on_thread_ = std::this_thread::get_id();
        co_return;
    }

    int max_count() const { return max_count_; }
    std::thread::id thread() const { return on_thread_; }

private:
    HookSet concurrent_;
    int wanted_, inside_ = 0, max_count_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread::id on_thread_;
};

/// The same hook for two flows, side by side.
void run_both(AddonChain& chain, flow::HttpFlow& one, flow::HttpFlow& other) {
    using namespace asio::experimental::awaitable_operators;
    play([&]() -> asio::awaitable<void> {
        co_await (chain.run(hooks::request, one) && chain.run(hooks::request, other));
    });
}

TEST(ConcurrentHook, P43_a_LetsOtherFlowsGoOn) {
    asio::thread_pool workers(2);
    ChainFixture fixture(workers.get_executor());
    auto const blocker = std::make_shared<Blocker>(HookSet{Hook::request}, 2);
    fixture.chain.add(blocker);
    auto one = make_flow(), other = make_flow();
    run_both(fixture.chain, one, other);
    EXPECT_EQ(blocker->max_count(), 2);
    EXPECT_EQ(one.comment, "met");
    EXPECT_EQ(other.comment, "met");
    EXPECT_NE(blocker->thread(), std::this_thread::get_id());
    EXPECT_TRUE(fixture.log.empty());
}

TEST(ConcurrentHook, P43_a_APlainOneStopsAllTraffic) {
    ChainFixture fixture;
    auto const blocker = std::make_shared<Blocker>(HookSet{}, 1);
    fixture.chain.add(blocker);
    auto one = make_flow(), other = make_flow();
    run_both(fixture.chain, one, other);
    EXPECT_EQ(blocker->max_count(), 1);
    EXPECT_EQ(other.comment, "met");
    EXPECT_EQ(blocker->thread(), std::this_thread::get_id());
}

/// Has its hooks answered by a thread of its own, as a script's interpreter would be. That thread answers no flow before
/// as many hooks wait as are wanted.
class Interpreter : public Addon {
public:
    explicit Interpreter(int wanted) : wanted_(wanted) {}
    std::string name() const override { return "interpreter"; }

    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        async::Completion<std::string> const verdict;
        auto const work = [this, setter = verdict.setter()] { setter.set_value(judge()); };
        asio::post(thread_, work);
        {
            std::scoped_lock const lock(mutex_);
            ++waiting_;
        }
        changed_.notify_all();
        flow.comment = co_await verdict.wait();
        on_thread_ = std::this_thread::get_id();
    }

    std::thread::id thread() const { return on_thread_; }

private:
    std::string judge() {
        std::unique_lock lock(mutex_);
        bool const met = changed_.wait_for(lock, proxycore::test::patience, [&] { return waiting_ >= wanted_; });
        return met ? "judged" : "traffic was blocked";
    }

    int wanted_, waiting_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread::id on_thread_;
    asio::thread_pool thread_{1};
};

TEST(Hook, MayBeCompletedByAnotherThreadWithoutBlockingTraffic) {
    ChainFixture fixture;
    auto const interpreter = std::make_shared<Interpreter>(2);
    fixture.chain.add(interpreter);
    auto one = make_flow(), other = make_flow();
    run_both(fixture.chain, one, other);
    EXPECT_EQ(one.comment, "judged");
    EXPECT_EQ(other.comment, "judged");
    EXPECT_EQ(interpreter->thread(), std::this_thread::get_id());
    EXPECT_TRUE(fixture.log.empty());
}

class Misled : public Addon {
public:
    explicit Misled(Hook hook) : hook_(hook) {}
    std::string name() const override { return "misled"; }
    HookSet concurrent() const override { return {hook_}; }
    asio::awaitable<void> request(flow::HttpFlow&) override {
        throw std::runtime_error("from a worker");
        co_return;
    }

private:
    Hook hook_;
};

TEST(ConcurrentHook, P43_b_IsRefusedWhereItCannotBe) {
    asio::thread_pool workers(1);
    ChainFixture fixture(workers.get_executor());
    for (auto const hook : {Hook::load, Hook::configure, Hook::tick, Hook::log}) {
        try {
            fixture.chain.add(std::make_shared<Misled>(hook));
            FAIL() << "nothing was thrown for " << to_string(hook);
        } catch (AddonError const& error) {
            EXPECT_EQ(error.what(),
                      "addon misled, in " + std::string(to_string(hook)) + ": this hook cannot be concurrent");
        }
    }
    EXPECT_EQ(fixture.chain.find("misled"), nullptr);
}

TEST(ConcurrentHook, NeedsWorkers) {
    ChainFixture fixture;
    EXPECT_THROW(fixture.chain.add(std::make_shared<Misled>(Hook::request)), AddonError);
}

TEST(ConcurrentHook, ItsExceptionsAreLoggedToo) {
    asio::thread_pool workers(1);
    ChainFixture fixture(workers.get_executor());
    fixture.chain.add(std::make_shared<Misled>(Hook::request));
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    EXPECT_THAT(fixture.log,
                ElementsAre(LogEntry{LogLevel::error, "addon misled, in request: from a worker", {}, "misled"}));
}

}  // namespace
}  // namespace pathology::proxycore::addons
