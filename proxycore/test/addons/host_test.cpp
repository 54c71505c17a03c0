#include <pathology/proxycore/addons/host.hpp>

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "addons/chain_fixture.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::ChainFixture;
using test::make_flow;
using test::play;
using test::Recorder;
using test::run;
using testing::ElementsAre;
using testing::IsEmpty;

/// Runs a chain from its start to its stop, with something in between.
void run_chain(ChainFixture& fixture, std::function<asio::awaitable<void>()> const& meanwhile) {
    play([&]() -> asio::awaitable<void> {
        co_await fixture.chain.start();
        co_await meanwhile();
        co_await fixture.chain.stop();
    });
}

/// Lets what was posted run.
asio::awaitable<void> wait_a_turn() {
    auto const executor = co_await asio::this_coro::executor;
    for (int i = 0; i < 10; ++i) co_await asio::post(executor, asio::use_awaitable);
}

std::shared_ptr<Recorder> loaded_with(ChainFixture& fixture, std::string name, std::function<void(Host&)> on_load) {
    auto addon = std::make_shared<Recorder>(std::move(name), fixture.calls);
    addon->on_load = std::move(on_load);
    return addon;
}

// --- options ---------------------------------------------------------------------------------------------------------

class Tuned : public Addon {
public:
    std::string name() const override { return "tuned"; }
    void load(Host& host) override {
        host.option("loud", is_loud, "Shout.");
        host.option("count", count, "How often.");
        host.option("word", word, "What.", {"hello", "bye"});
        host.option("tags", tags, "Which.");
        host.option("who", who, "Whom.");
    }
    void configure(Options const&, std::set<std::string> const&) override {
        if (count < 0) throw OptionsError("count must not be negative");
    }

    bool is_loud = false;
    std::int64_t count = 1;
    std::string word = "hello";
    TextList tags{};
    OptionalText who{};
};

TEST(Host, VariablesFollowTheirOptions) {
    ChainFixture fixture;
    fixture.options.apply({parse_setting("word=bye")});
    auto const addon = std::make_shared<Tuned>();
    fixture.chain.add(addon);
    EXPECT_EQ(addon->word, "bye");
    EXPECT_EQ(fixture.options.get<std::int64_t>("count"), 1);
    fixture.options.apply({parse_setting("loud"), parse_setting("count=3"), parse_setting("tags=a"),
                           parse_setting("tags=b"), parse_setting("who=me")});
    EXPECT_TRUE(addon->is_loud);
    EXPECT_EQ(addon->count, 3);
    EXPECT_THAT(addon->tags, ElementsAre("a", "b"));
    EXPECT_EQ(addon->who, "me");
    EXPECT_THROW(fixture.options.apply({parse_setting("word=what")}), OptionsError);
}

TEST(Host, VariablesGoBackWithARefusedChange) {
    ChainFixture fixture;
    auto const addon = std::make_shared<Tuned>();
    fixture.chain.add(addon);
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        EXPECT_THROW(fixture.options.set("count", std::int64_t{-1}), OptionsError);
        EXPECT_EQ(addon->count, 1);
        co_return;
    });
}

TEST(Host, OptionsGoWithTheirAddon) {
    ChainFixture fixture;
    fixture.chain.add(std::make_shared<Tuned>());
    fixture.chain.add(loaded_with(fixture, "other", [](Host& host) { host.declare({"loud", false, "Shout."}); }));
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        co_await fixture.chain.remove("tuned");
        EXPECT_THAT(fixture.options.names(), ElementsAre("loud"));  // another one declared it, too
        co_await fixture.chain.remove("other");
        EXPECT_THAT(fixture.options.names(), IsEmpty());
    });
}

TEST(Host, OptionsGoWithAnAddonThatCannotBeLoaded) {
    ChainFixture fixture;
    auto const addon = loaded_with(fixture, "broken", [](Host& host) {
        host.declare({"loud", false, "Shout."});
        throw AddonError("no");
    });
    EXPECT_THROW(fixture.chain.add(addon), AddonError);
    EXPECT_THAT(fixture.options.names(), IsEmpty());
    EXPECT_THAT(fixture.chain.names(), IsEmpty());
}

// --- the program -----------------------------------------------------------------------------------------------------

TEST(Host, LogsInTheNameOfItsAddon) {
    ChainFixture fixture;
    fixture.chain.add(loaded_with(fixture, "greeter", [](Host& host) { host.log(LogLevel::warn, "no greeting"); }));
    EXPECT_THAT(fixture.log, ElementsAre(LogEntry{LogLevel::warn, "addon greeter: no greeting"}));
}

TEST(Host, StopsTheProgram) {
    ChainFixture fixture;
    int stops = 0;
    fixture.chain.on_stop([&] { ++stops; });
    fixture.chain.add(loaded_with(fixture, "done", [](Host& host) { host.stop_program(); }));
    EXPECT_EQ(stops, 1);
}

TEST(Host, AddsAddonsBeforeAndAfterItself) {
    ChainFixture fixture;
    fixture.chain.add(std::make_shared<Recorder>("first", fixture.calls));
    fixture.chain.add(std::make_shared<Recorder>("last", fixture.calls));
    auto const loader = loaded_with(fixture, "loader", [&](Host& host) {
        host.addons().add(std::make_shared<Recorder>("before", fixture.calls), Place::before("loader"));
        host.addons().add(std::make_shared<Recorder>("after", fixture.calls), Place::after("loader"));
    });
    fixture.chain.add(loader, Place::after("first"));
    EXPECT_THAT(fixture.chain.names(), ElementsAre("first", "before", "loader", "after", "last"));
}

// --- work ------------------------------------------------------------------------------------------------------------

asio::awaitable<void> wait_for_ever(std::vector<std::string>& calls) {
    calls.emplace_back("work begins");
    co_await async::pause(std::nullopt);
    calls.emplace_back("work is cancelled");
}

TEST(Host, SpawnsWorkThatEndsBeforeDone) {
    ChainFixture fixture;
    fixture.chain.add(loaded_with(fixture, "worker", [&](Host& host) { host.spawn(wait_for_ever(fixture.calls)); }));
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        co_await wait_a_turn();
        co_await fixture.chain.remove("worker");
    });
    EXPECT_THAT(fixture.calls, ElementsAre("worker load", "worker configure", "work begins", "worker running",
                                           "work is cancelled", "worker done"));
    EXPECT_THAT(fixture.log, IsEmpty());
}

asio::awaitable<void> fail() {
    throw std::runtime_error("out of work");
    co_return;
}

TEST(Host, LogsWorkThatFails) {
    ChainFixture fixture;
    fixture.chain.add(loaded_with(fixture, "worker", [](Host& host) { host.spawn(fail()); }));
    run_chain(fixture, wait_a_turn);
    EXPECT_THAT(fixture.log, ElementsAre(LogEntry{
                                 LogLevel::error, "addon worker, in its background work: out of work", {}, "worker"}));
}

TEST(Host, WorkOfOneThatNeverStartedIsDropped) {
    ChainFixture fixture;
    fixture.chain.add(loaded_with(fixture, "worker", [&](Host& host) { host.spawn(wait_for_ever(fixture.calls)); }));
    EXPECT_THAT(fixture.calls, ElementsAre("worker load"));
}

// --- flows -----------------------------------------------------------------------------------------------------------

class Follower : public Addon {
public:
    Follower(std::string name, std::vector<std::string>& calls) : name_(std::move(name)), calls_(calls) {}
    std::string name() const override { return name_; }
    void load(Host& host) override { host_ = &host; }
    asio::awaitable<void> update(std::span<flow::Flow* const> flows) override {
        for (auto* const flow : flows) calls_.push_back(name_ + " update " + flow->comment);
        co_return;
    }
    Host& host() { return *host_; }

private:
    std::string name_;
    std::vector<std::string>& calls_;
    Host* host_ = nullptr;
};

TEST(Host, UpdateNotifiesTheOtherAddonsAndTheListeners) {
    ChainFixture fixture;
    auto const one = std::make_shared<Follower>("one", fixture.calls);
    fixture.chain.add(one);
    fixture.chain.add(std::make_shared<Follower>("two", fixture.calls));
    std::vector<std::shared_ptr<flow::Flow>> received;
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto const listener = [&](flow::Changes changes) {
            for (auto const& change : changes.list) received.push_back(change.flow);
        };
        auto const subscription = fixture.chain.flows().listen(executor, listener);
        auto const flow = std::make_shared<flow::HttpFlow>(nullptr, nullptr, flow::Time{});
        flow->comment = "edited";
        one->host().update({flow});
        co_await wait_a_turn();
        EXPECT_THAT(received, ElementsAre(flow));
    });
    EXPECT_THAT(fixture.calls, ElementsAre("two update edited"));
}

TEST(Host, FlowsThatAreKeptHaveAllOfTheirHooks) {
    ChainFixture fixture;
    auto& flows = fixture.chain.flows();
    EXPECT_FALSE(fixture.chain.wants(Hook::response));
    flows.keep({.max_flows = 1});
    EXPECT_TRUE(fixture.chain.wants(Hook::response));
    EXPECT_TRUE(fixture.chain.wants(Hook::tcp_message));
    EXPECT_FALSE(fixture.chain.wants(Hook::client_connected));
    {
        asio::io_context loop;
        flow::LiveFlow<flow::HttpFlow> const flow(flows, loop.get_executor(), nullptr, nullptr, flow::Time{});
        run(fixture.chain, hooks::response, *flow);
    }
    EXPECT_EQ(flows.kept().size(), 1U);
    flows.keep({});
    EXPECT_FALSE(fixture.chain.wants(Hook::response));
}

// --- registries ------------------------------------------------------------------------------------------------------

Command count_command() {
    Command command{"flow.count", {{"flows", "list of flow"}}, "int", "Counts flows.", {}};
    command.call = [](std::vector<CommandValue> arguments) -> asio::awaitable<CommandValue> {
        auto const& flows = std::get<std::vector<std::shared_ptr<flow::Flow>>>(arguments.at(0));
        co_return static_cast<std::int64_t>(flows.size());
    };
    return command;
}

TEST(Host, CommandsAndViewsGoWithTheirAddon) {
    ChainFixture fixture;
    auto const load = [](Host& host) {
        host.add_command(count_command());
        host.add_content_view({"upper", "In capitals.", [](auto, auto const&) { return 1.0; },
                               [](auto, auto const&) { return content::Result<std::string>("TEXT"); }});
    };
    fixture.chain.add(loaded_with(fixture, "one", load));
    EXPECT_THROW(fixture.chain.add(loaded_with(fixture, "two", load)), ControlException);
    EXPECT_EQ(describe(fixture.chain.commands()), "flow.count flows -> int\n    Counts flows.\n");
    EXPECT_EQ(fixture.chain.content_views().find("upper")->render("text", {}).value(), "TEXT");
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        auto const* const command = fixture.chain.commands().find("flow.count");
        std::vector<CommandValue> arguments{std::vector<std::shared_ptr<flow::Flow>>(3)};
        auto const result = co_await command->call(std::move(arguments));
        EXPECT_EQ(std::get<std::int64_t>(result), 3);
        co_await fixture.chain.remove("one");
    });
    EXPECT_THAT(fixture.chain.commands().items(), IsEmpty());
    EXPECT_EQ(fixture.chain.content_views().find("upper"), nullptr);
}

// --- reloading -------------------------------------------------------------------------------------------------------

TEST(AddonChain, ReplacesAnAddonInItsPlace) {
    ChainFixture fixture;
    for (auto const* const name : {"one", "two", "three"}) fixture.chain.add(loaded_with(fixture, name, [](Host&) {}));
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        fixture.calls.clear();
        AddonHandle const fresh(std::make_shared<Follower>("two", fixture.calls));  // with other hooks
        co_await fixture.chain.replace("two", fresh);
        EXPECT_THAT(fixture.calls, ElementsAre("two done"));
        EXPECT_THAT(fixture.chain.names(), ElementsAre("one", "two", "three"));
        EXPECT_TRUE(fixture.chain.wants(Hook::update));
        fixture.calls.clear();
        co_await fixture.chain.replace("two", std::make_shared<Recorder>("two", fixture.calls));
        EXPECT_THAT(fixture.calls, ElementsAre("two load", "two configure", "two running"));
        EXPECT_FALSE(fixture.chain.wants(Hook::update));
    });
}

TEST(AddonChain, ARoundThatIsUnderWayEndsWithTheOldAddon) {
    ChainFixture fixture;
    auto const old = std::make_shared<Recorder>("two", fixture.calls);
    fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls));
    fixture.chain.add(old);
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        fixture.calls.clear();
        auto flow = make_flow();
        old->on_request = [&](flow::HttpFlow&) { fixture.calls.emplace_back("the old one"); };
        auto round = fixture.chain.run(hooks::request, flow);
        co_await fixture.chain.replace("two", std::make_shared<Recorder>("two", fixture.calls));
        co_await std::move(round);
    });
    EXPECT_THAT(fixture.calls, testing::IsSupersetOf({"one request", "two request", "the old one", "two running"}));
}

TEST(AddonChain, AReloadKeepsTheValuesOfOptions) {
    ChainFixture fixture;
    auto const one = [](Host& host) {
        host.declare({"kept", std::int64_t{1}, "The same."});
        host.declare({"changed", false, "Of another type."});
        host.declare({"gone", false, "Not declared again."});
    };
    auto const other = [](Host& host) {
        host.declare({"kept", std::int64_t{1}, "The same."});
        host.declare({"changed", std::string("text"), "Of another type."});
    };
    fixture.chain.add(loaded_with(fixture, "script", one));
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        fixture.options.apply({parse_setting("kept=5"), parse_setting("changed"), parse_setting("gone")});
        co_await fixture.chain.replace("script", loaded_with(fixture, "script", other));
        EXPECT_EQ(fixture.options.get<std::int64_t>("kept"), 5);
        EXPECT_EQ(fixture.options.get<std::string>("changed"), "text");
        EXPECT_THAT(fixture.options.names(), ElementsAre("changed", "kept"));
    });
}

TEST(AddonChain, OneThatCannotReplaceLeavesThePlaceEmpty) {
    ChainFixture fixture;
    fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls));
    fixture.chain.add(std::make_shared<Recorder>("two", fixture.calls));
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        bool threw = false;
        try {
            co_await fixture.chain.replace("one", loaded_with(fixture, "one", [](Host&) { throw AddonError("no"); }));
        } catch (AddonError const&) {
            threw = true;
        }
        EXPECT_TRUE(threw);
        EXPECT_THAT(fixture.chain.names(), ElementsAre("two"));
    });
}

TEST(AddonChain, OneThatIsAddedLaterIsTakenIntoTheRun) {
    ChainFixture fixture;
    run_chain(fixture, [&]() -> asio::awaitable<void> {
        fixture.chain.add(std::make_shared<Recorder>("late", fixture.calls), Place::front());
        co_await wait_a_turn();
        EXPECT_THAT(fixture.calls, ElementsAre("late load", "late configure", "late running"));
    });
}

TEST(AddonChain, KnowsNoPlaceBesideAnUnknownAddon) {
    ChainFixture fixture;
    EXPECT_THROW(fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls), Place::before("none")),
                 AddonError);
    EXPECT_THAT(fixture.chain.names(), IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::addons
