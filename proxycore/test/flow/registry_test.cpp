#include <pathology/proxycore/flow/registry.hpp>

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <mutex>
#include <pathology/proxycore/flow/http_flow.hpp>

#include "support/allocations.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::flow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct RegistryFixture {
    LiveFlow<HttpFlow> begin() {
        return LiveFlow<HttpFlow>(registry, loop.get_executor(), nullptr, nullptr, from_seconds(1));
    }
    /// A flow that ran from its first hook to its end.
    std::shared_ptr<Flow> run_one(std::string content = {}) {
        auto const flow = begin();
        flow->live = true;
        flow->request.raw_content = std::move(content);
        registry.record_change(*flow);
        return flow->shared_from_this();
    }
    std::vector<std::uint64_t> kept() const {
        std::vector<std::uint64_t> numbers;
        for (auto const& flow : registry.kept()) numbers.push_back(flow->number);
        return numbers;
    }

    boost::asio::io_context loop;
    Registry registry{IdGenerator(1)};
};

TEST(FlowRegistry, ListsTheLiveFlows) {
    RegistryFixture fixture;
    {
        auto const one = fixture.begin(), other = fixture.begin();
        EXPECT_THAT(fixture.registry.live(), IsEmpty());  // they have not begun
        one->live = other->live = true;
        EXPECT_THAT(fixture.registry.live(), ElementsAre(one->shared_from_this(), other->shared_from_this()));
        EXPECT_EQ(one->number, 1U);
        EXPECT_EQ(other->number, 2U);
        EXPECT_EQ(fixture.registry.find(other->id), other->shared_from_this());
        other->kill(from_seconds(2));
        EXPECT_THAT(fixture.registry.live(), ElementsAre(one->shared_from_this()));
    }
    EXPECT_THAT(fixture.registry.live(), IsEmpty());
    EXPECT_THAT(fixture.registry.kept(), IsEmpty());
}

TEST(FlowRegistry, AFlowLivesAsLongAsAnybodyKeepsIt) {
    RegistryFixture fixture;
    auto const flow = fixture.run_one("content");
    EXPECT_FALSE(flow->live);
    EXPECT_EQ(dynamic_cast<HttpFlow const&>(*flow).request.raw_content, "content");
    EXPECT_EQ(fixture.registry.find(flow->id), nullptr);
}

TEST(FlowRegistry, AllocatesNothingForAFlowThatIsNotKept) {
    RegistryFixture fixture;
    auto const client = std::make_shared<Client>();
    auto const server = std::make_shared<Server>();
    auto const run = [&] {
        LiveFlow<HttpFlow> const flow(fixture.registry, fixture.loop.get_executor(), client, server, from_seconds(1));
        flow->live = true;
        flow->on_kill([&fixture] { fixture.loop.stop(); });
        fixture.registry.record_change(*flow);
    };
    run();  // its block is used again
    auto const before = pathology::test::allocations;
    for (int i = 0; i < 100; ++i) run();
    EXPECT_EQ(pathology::test::allocations, before);
}

TEST(FlowRegistry, KeepsTheLastOnesWithinALimit) {
    RegistryFixture fixture;
    fixture.registry.keep({.max_flows = 2});
    for (int i = 0; i < 4; ++i) fixture.run_one();
    EXPECT_THAT(fixture.kept(), ElementsAre(3, 4));
    fixture.registry.keep({.max_flows = 1});
    EXPECT_THAT(fixture.kept(), ElementsAre(4));
    fixture.registry.keep({});
    EXPECT_THAT(fixture.kept(), IsEmpty());
    EXPECT_EQ(fixture.registry.bytes(), 0U);
}

TEST(FlowRegistry, KeepsAsManyBytesAsItMay) {
    RegistryFixture fixture;
    fixture.registry.keep({.max_flows = 100, .max_bytes = 250'000});
    for (int i = 0; i < 4; ++i) fixture.run_one(std::string(100'000, 'x'));
    EXPECT_THAT(fixture.kept(), ElementsAre(3, 4));
    EXPECT_GT(fixture.registry.bytes(), 200'000U);
    EXPECT_LT(fixture.registry.bytes(), 250'000U);
}

TEST(FlowRegistry, DoesNotEvictWhatIsMarkedHeldOrLive) {
    RegistryFixture fixture;
    fixture.registry.keep({.max_flows = 1});
    fixture.run_one()->marked = ":default:";
    std::shared_ptr<Flow> held;
    {
        auto const flow = fixture.begin();
        held = flow->shared_from_this();
        held->live = true;
        held->intercept();
        fixture.registry.record_change(*flow);
    }
    auto const live = fixture.begin();
    live->live = true;
    fixture.registry.record_change(*live);
    fixture.run_one();
    EXPECT_THAT(fixture.kept(), ElementsAre(1, 2, 3));
    held->resume();
    fixture.run_one();
    EXPECT_THAT(fixture.kept(), ElementsAre(1, 3));
}

TEST(FlowRegistry, AddsAndRemoves) {
    RegistryFixture fixture;
    fixture.registry.keep({.max_flows = 10});
    auto const flow = std::make_shared<HttpFlow>(nullptr, nullptr, from_seconds(1));
    fixture.registry.add(flow);
    EXPECT_EQ(flow->number, 1U);
    EXPECT_EQ(fixture.registry.find(flow->id), flow);
    EXPECT_TRUE(fixture.registry.remove(flow->id));
    EXPECT_FALSE(fixture.registry.remove(flow->id));
    fixture.run_one();
    fixture.registry.clear();
    EXPECT_THAT(fixture.kept(), IsEmpty());
}

TEST(FlowRegistry, MakesIdsOfItsGenerator) {
    RegistryFixture one, other;
    EXPECT_EQ(one.run_one()->id, other.run_one()->id);
    EXPECT_NE(one.run_one()->id, one.run_one()->id);
}

/// "added 1, updated 2"
std::string text_of(Changes const& changes) {
    constexpr std::string_view names[] = {"added ", "updated ", "removed "};
    std::string text = changes.is_incomplete ? "incomplete" : "";
    for (auto const& change : changes.list)
        text.append(text.empty() ? "" : ", ")
            .append(names[static_cast<std::size_t>(change.kind)])
            .append(std::to_string(change.flow->number));
    return text;
}

TEST(FlowRegistry, GathersWhatChangesUntilAListenerIsCalled) {
    RegistryFixture fixture;
    std::vector<std::string> received;
    auto subscription = fixture.registry.listen(fixture.loop.get_executor(),
                                                [&](Changes changes) { received.push_back(text_of(changes)); });
    fixture.registry.keep({.max_flows = 2});
    fixture.run_one();
    fixture.run_one();
    fixture.loop.poll();
    EXPECT_THAT(received, ElementsAre("added 1, added 2"));
    received.clear();
    fixture.registry.record_change(*fixture.registry.kept().back());
    fixture.run_one();
    fixture.loop.restart();
    fixture.loop.poll();
    EXPECT_THAT(received, ElementsAre("updated 2, added 3, removed 1"));
    received.clear();
    subscription = {};
    fixture.run_one();
    fixture.loop.restart();
    fixture.loop.poll();
    EXPECT_THAT(received, IsEmpty());
}

TEST(FlowRegistry, ReportsFlowsThatAreNotKept) {
    RegistryFixture fixture;
    std::vector<std::string> received;
    auto const subscription = fixture.registry.listen(fixture.loop.get_executor(),
                                                      [&](Changes changes) { received.push_back(text_of(changes)); });
    {
        auto const flow = fixture.begin();
        fixture.registry.record_change(*flow);
        fixture.loop.poll();
        EXPECT_THAT(received, ElementsAre("added 1"));
    }
    fixture.loop.restart();
    fixture.loop.poll();
    EXPECT_THAT(received, ElementsAre("added 1", "removed 1"));
}

/// A thread that is held up, as a screen that is drawn slowly would.
TEST(FlowRegistry, ASlowListenerDoesNotDelayFlowsAndLearnsWhatItMissed) {
    RegistryFixture fixture;
    fixture.registry.keep({.max_flows = 100'000});
    std::mutex mutex;
    std::condition_variable changed;
    bool may_go_on = false;
    std::vector<std::size_t> sizes;
    bool was_incomplete = false;
    {
        boost::asio::thread_pool screen(1);
        auto const subscription = fixture.registry.listen(screen.get_executor(), [&](Changes changes) {
            std::unique_lock lock(mutex);
            sizes.push_back(changes.list.size());
            was_incomplete = was_incomplete || changes.is_incomplete;
            changed.notify_all();
            EXPECT_TRUE(changed.wait_for(lock, test::patience, [&] { return may_go_on; }));
        });
        fixture.run_one();
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, test::patience, [&] { return !sizes.empty(); }));
        lock.unlock();
        for (int i = 0; i < 20'000; ++i) fixture.run_one();
        lock.lock();
        may_go_on = true;
        changed.notify_all();
        ASSERT_TRUE(changed.wait_for(lock, test::patience, [&] { return sizes.size() == 2; }));
        lock.unlock();
        screen.join();
    }
    EXPECT_THAT(sizes, ElementsAre(1, 0));
    EXPECT_TRUE(was_incomplete);
}

TEST(FlowRegistry, ASubscriptionMayOutliveIt) {
    Registry::Subscription subscription;
    boost::asio::io_context loop;
    {
        Registry registry;
        subscription = registry.listen(loop.get_executor(), [](Changes) { FAIL(); });
        LiveFlow<HttpFlow> const flow(registry, loop.get_executor(), nullptr, nullptr, Time{});
        registry.record_change(*flow);
    }
    loop.poll();
}

TEST(FlowRegistry, KillCallsTheConversationOnce) {
    RegistryFixture fixture;
    auto const flow = fixture.begin();
    flow->live = true;
    int calls = 0;
    flow->on_kill([&] { ++calls; });
    flow->intercept();
    flow->kill(from_seconds(2));
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(flow->intercepted());
    EXPECT_THROW(flow->kill(from_seconds(2)), ControlException);
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace pathology::proxycore::flow
