#include <pathology/proxycore/addons/host.hpp>

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <pathology/proxycore/async/pause.hpp>

#include "addons/recorder.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::Bench;
using test::make_flow;
using test::play;
using test::Recorder;
using test::run;
using testing::ElementsAre;
using testing::IsEmpty;

/// Runs a chain from its start to its stop, with something in between.
void run_chain(Bench& bench, std::function<asio::awaitable<void>()> const& meanwhile) {
    play([&]() -> asio::awaitable<void> {
        co_await bench.chain.start();
        co_await meanwhile();
        co_await bench.chain.stop();
    });
}

/// Lets what was posted run.
asio::awaitable<void> wait_a_turn() {
    auto const executor = co_await asio::this_coro::executor;
    for (int i = 0; i < 10; ++i) co_await asio::post(executor, asio::use_awaitable);
}

std::shared_ptr<Recorder> loaded_with(Bench& bench, std::string name, std::function<void(Host&)> on_load) {
    auto addon = std::make_shared<Recorder>(std::move(name), bench.calls);
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
    Bench bench;
    bench.options.apply({parse_setting("word=bye")});
    auto const addon = std::make_shared<Tuned>();
    bench.chain.add(addon);
    EXPECT_EQ(addon->word, "bye");
    EXPECT_EQ(bench.options.get<std::int64_t>("count"), 1);
    bench.options.apply({parse_setting("loud"), parse_setting("count=3"), parse_setting("tags=a"),
                         parse_setting("tags=b"), parse_setting("who=me")});
    EXPECT_TRUE(addon->is_loud);
    EXPECT_EQ(addon->count, 3);
    EXPECT_THAT(addon->tags, ElementsAre("a", "b"));
    EXPECT_EQ(addon->who, "me");
    EXPECT_THROW(bench.options.apply({parse_setting("word=what")}), OptionsError);
}

TEST(Host, VariablesGoBackWithARefusedChange) {
    Bench bench;
    auto const addon = std::make_shared<Tuned>();
    bench.chain.add(addon);
    run_chain(bench, [&]() -> asio::awaitable<void> {
        EXPECT_THROW(bench.options.set("count", std::int64_t{-1}), OptionsError);
        EXPECT_EQ(addon->count, 1);
        co_return;
    });
}

TEST(Host, OptionsGoWithTheirAddon) {
    Bench bench;
    bench.chain.add(std::make_shared<Tuned>());
    bench.chain.add(loaded_with(bench, "other", [](Host& host) { host.declare({"loud", false, "Shout."}); }));
    run_chain(bench, [&]() -> asio::awaitable<void> {
        co_await bench.chain.remove("tuned");
        EXPECT_THAT(bench.options.names(), ElementsAre("loud"));  // another one declared it, too
        co_await bench.chain.remove("other");
        EXPECT_THAT(bench.options.names(), IsEmpty());
    });
}

TEST(Host, OptionsGoWithAnAddonThatCannotBeLoaded) {
    Bench bench;
    auto const addon = loaded_with(bench, "broken", [](Host& host) {
        host.declare({"loud", false, "Shout."});
        throw AddonError("no");
    });
    EXPECT_THROW(bench.chain.add(addon), AddonError);
    EXPECT_THAT(bench.options.names(), IsEmpty());
    EXPECT_THAT(bench.chain.names(), IsEmpty());
}

// --- the program -----------------------------------------------------------------------------------------------------

TEST(Host, LogsInTheNameOfItsAddon) {
    Bench bench;
    bench.chain.add(loaded_with(bench, "greeter", [](Host& host) { host.log(LogLevel::warn, "no greeting"); }));
    EXPECT_THAT(bench.log, ElementsAre(LogEntry{LogLevel::warn, "addon greeter: no greeting"}));
}

TEST(Host, StopsTheProgram) {
    Bench bench;
    int stops = 0;
    bench.chain.on_stop([&] { ++stops; });
    bench.chain.add(loaded_with(bench, "done", [](Host& host) { host.stop_program(); }));
    EXPECT_EQ(stops, 1);
}

TEST(Host, AddsAddonsBeforeAndAfterItself) {
    Bench bench;
    bench.chain.add(std::make_shared<Recorder>("first", bench.calls));
    bench.chain.add(std::make_shared<Recorder>("last", bench.calls));
    auto const loader = loaded_with(bench, "loader", [&](Host& host) {
        host.addons().add(std::make_shared<Recorder>("before", bench.calls), Place::before("loader"));
        host.addons().add(std::make_shared<Recorder>("after", bench.calls), Place::after("loader"));
    });
    bench.chain.add(loader, Place::after("first"));
    EXPECT_THAT(bench.chain.names(), ElementsAre("first", "before", "loader", "after", "last"));
}

// --- work ------------------------------------------------------------------------------------------------------------

asio::awaitable<void> wait_for_ever(std::vector<std::string>& calls) {
    calls.emplace_back("work begins");
    co_await async::pause(std::nullopt);
    calls.emplace_back("work is cancelled");
}

TEST(Host, SpawnsWorkThatEndsBeforeDone) {
    Bench bench;
    bench.chain.add(loaded_with(bench, "worker", [&](Host& host) { host.spawn(wait_for_ever(bench.calls)); }));
    run_chain(bench, [&]() -> asio::awaitable<void> {
        co_await wait_a_turn();
        co_await bench.chain.remove("worker");
    });
    EXPECT_THAT(bench.calls, ElementsAre("worker load", "worker configure", "worker running", "work begins",
                                         "work is cancelled", "worker done"));
    EXPECT_THAT(bench.log, IsEmpty());
}

asio::awaitable<void> fail() {
    throw std::runtime_error("out of work");
    co_return;
}

TEST(Host, LogsWorkThatFails) {
    Bench bench;
    bench.chain.add(loaded_with(bench, "worker", [](Host& host) { host.spawn(fail()); }));
    run_chain(bench, wait_a_turn);
    EXPECT_THAT(bench.log, ElementsAre(LogEntry{LogLevel::error, "addon worker, in its work: out of work"}));
}

TEST(Host, WorkOfOneThatNeverStartedIsDropped) {
    Bench bench;
    bench.chain.add(loaded_with(bench, "worker", [&](Host& host) { host.spawn(wait_for_ever(bench.calls)); }));
    EXPECT_THAT(bench.calls, ElementsAre("worker load"));
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

TEST(Host, UpdateTellsTheOtherAddonsAndTheListeners) {
    Bench bench;
    auto const one = std::make_shared<Follower>("one", bench.calls);
    bench.chain.add(one);
    bench.chain.add(std::make_shared<Follower>("two", bench.calls));
    std::vector<std::shared_ptr<flow::Flow>> heard;
    run_chain(bench, [&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto const listener = [&](flow::Changes changes) {
            for (auto const& change : changes.list) heard.push_back(change.flow);
        };
        auto const subscription = bench.chain.flows().listen(executor, listener);
        auto const flow = std::make_shared<flow::HttpFlow>(nullptr, nullptr, flow::Time{});
        flow->comment = "edited";
        one->host().update({flow});
        co_await wait_a_turn();
        EXPECT_THAT(heard, ElementsAre(flow));
    });
    EXPECT_THAT(bench.calls, ElementsAre("two update edited"));
}

TEST(Host, FlowsThatAreKeptHaveAllOfTheirHooks) {
    Bench bench;
    auto& flows = bench.chain.flows();
    EXPECT_FALSE(bench.chain.wants(Hook::response));
    flows.keep({.max_flows = 1});
    EXPECT_TRUE(bench.chain.wants(Hook::response));
    EXPECT_TRUE(bench.chain.wants(Hook::tcp_message));
    EXPECT_FALSE(bench.chain.wants(Hook::client_connected));
    {
        asio::io_context loop;
        flow::LiveFlow<flow::HttpFlow> const flow(flows, loop.get_executor(), nullptr, nullptr, flow::Time{});
        run(bench.chain, hooks::response, *flow);
    }
    EXPECT_EQ(flows.kept().size(), 1U);
    flows.keep({});
    EXPECT_FALSE(bench.chain.wants(Hook::response));
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
    Bench bench;
    auto const load = [](Host& host) {
        host.add_command(count_command());
        host.add_content_view({"upper", "In capitals.", [](auto, auto const&) { return 1.0; },
                               [](auto, auto const&) { return content::Result<std::string>("TEXT"); }});
    };
    bench.chain.add(loaded_with(bench, "one", load));
    EXPECT_THROW(bench.chain.add(loaded_with(bench, "two", load)), ControlException);
    EXPECT_EQ(describe(bench.chain.commands()), "flow.count flows -> int\n    Counts flows.\n");
    EXPECT_EQ(bench.chain.content_views().find("upper")->render("text", {}).value(), "TEXT");
    run_chain(bench, [&]() -> asio::awaitable<void> {
        auto const* const command = bench.chain.commands().find("flow.count");
        std::vector<CommandValue> arguments{std::vector<std::shared_ptr<flow::Flow>>(3)};
        auto const result = co_await command->call(std::move(arguments));
        EXPECT_EQ(std::get<std::int64_t>(result), 3);
        co_await bench.chain.remove("one");
    });
    EXPECT_THAT(bench.chain.commands().items(), IsEmpty());
    EXPECT_EQ(bench.chain.content_views().find("upper"), nullptr);
}

// --- reloading -------------------------------------------------------------------------------------------------------

TEST(AddonChain, ReplacesAnAddonInItsPlace) {
    Bench bench;
    for (auto const* const name : {"one", "two", "three"}) bench.chain.add(loaded_with(bench, name, [](Host&) {}));
    run_chain(bench, [&]() -> asio::awaitable<void> {
        bench.calls.clear();
        AddonHandle const fresh(std::make_shared<Follower>("two", bench.calls));  // with other hooks
        co_await bench.chain.replace("two", fresh);
        EXPECT_THAT(bench.calls, ElementsAre("two done"));
        EXPECT_THAT(bench.chain.names(), ElementsAre("one", "two", "three"));
        EXPECT_TRUE(bench.chain.wants(Hook::update));
        bench.calls.clear();
        co_await bench.chain.replace("two", std::make_shared<Recorder>("two", bench.calls));
        EXPECT_THAT(bench.calls, ElementsAre("two load", "two configure", "two running"));
        EXPECT_FALSE(bench.chain.wants(Hook::update));
    });
}

TEST(AddonChain, ARoundThatIsUnderWayEndsWithTheOldAddon) {
    Bench bench;
    auto const old = std::make_shared<Recorder>("two", bench.calls);
    bench.chain.add(std::make_shared<Recorder>("one", bench.calls));
    bench.chain.add(old);
    run_chain(bench, [&]() -> asio::awaitable<void> {
        bench.calls.clear();
        auto flow = make_flow();
        old->on_request = [&](flow::HttpFlow&) { bench.calls.emplace_back("the old one"); };
        auto round = bench.chain.run(hooks::request, flow);
        co_await bench.chain.replace("two", std::make_shared<Recorder>("two", bench.calls));
        co_await std::move(round);
    });
    EXPECT_THAT(bench.calls, testing::IsSupersetOf({"one request", "two request", "the old one", "two running"}));
}

TEST(AddonChain, AReloadKeepsTheValuesOfOptions) {
    Bench bench;
    auto const one = [](Host& host) {
        host.declare({"kept", std::int64_t{1}, "The same."});
        host.declare({"changed", false, "Of another type."});
        host.declare({"gone", false, "Not declared again."});
    };
    auto const other = [](Host& host) {
        host.declare({"kept", std::int64_t{1}, "The same."});
        host.declare({"changed", std::string("text"), "Of another type."});
    };
    bench.chain.add(loaded_with(bench, "script", one));
    run_chain(bench, [&]() -> asio::awaitable<void> {
        bench.options.apply({parse_setting("kept=5"), parse_setting("changed"), parse_setting("gone")});
        co_await bench.chain.replace("script", loaded_with(bench, "script", other));
        EXPECT_EQ(bench.options.get<std::int64_t>("kept"), 5);
        EXPECT_EQ(bench.options.get<std::string>("changed"), "text");
        EXPECT_THAT(bench.options.names(), ElementsAre("changed", "kept"));
    });
}

TEST(AddonChain, OneThatCannotReplaceLeavesThePlaceEmpty) {
    Bench bench;
    bench.chain.add(std::make_shared<Recorder>("one", bench.calls));
    bench.chain.add(std::make_shared<Recorder>("two", bench.calls));
    run_chain(bench, [&]() -> asio::awaitable<void> {
        bool threw = false;
        try {
            co_await bench.chain.replace("one", loaded_with(bench, "one", [](Host&) { throw AddonError("no"); }));
        } catch (AddonError const&) {
            threw = true;
        }
        EXPECT_TRUE(threw);
        EXPECT_THAT(bench.chain.names(), ElementsAre("two"));
    });
}

TEST(AddonChain, OneThatIsAddedLaterIsTakenIntoTheRun) {
    Bench bench;
    run_chain(bench, [&]() -> asio::awaitable<void> {
        bench.chain.add(std::make_shared<Recorder>("late", bench.calls), Place::front());
        co_await wait_a_turn();
        EXPECT_THAT(bench.calls, ElementsAre("late load", "late configure", "late running"));
    });
}

TEST(AddonChain, KnowsNoPlaceBesideAnUnknownAddon) {
    Bench bench;
    EXPECT_THROW(bench.chain.add(std::make_shared<Recorder>("one", bench.calls), Place::before("none")), AddonError);
    EXPECT_THAT(bench.chain.names(), IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::addons
