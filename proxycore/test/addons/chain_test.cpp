#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <pathology/proxycore/addons/host.hpp>

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

// --- who takes part --------------------------------------------------------------------------------------------------

class Bare : public Addon {
public:
    std::string name() const override { return "bare"; }
};
class WithRequest : public Bare {
public:
    asio::awaitable<void> request(flow::HttpFlow&) override { co_return; }
};
class Heir : public WithRequest {
public:
    void log(LogEntry const&) override {}
};
class Secret : public Bare {
    asio::awaitable<void> request(flow::HttpFlow&) override { co_return; }
};
static_assert(hooks_of<Bare>().empty());
static_assert(hooks_of<WithRequest>() == HookSet{Hook::request});
static_assert(hooks_of<Heir>() == HookSet{Hook::request, Hook::log});
static_assert(hooks_of<Secret>() == HookSet{Hook::request});

TEST(AddonChain, KnowsWhoTakesPart) {
    ChainFixture fixture;
    EXPECT_FALSE(fixture.chain.wants(Hook::request));
    fixture.chain.add(std::make_shared<Bare>());
    EXPECT_FALSE(fixture.chain.wants(Hook::request));
    fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls));
    EXPECT_TRUE(fixture.chain.wants(Hook::request));
    EXPECT_FALSE(fixture.chain.wants(Hook::response));
}

/// Uses `request` only if its option is set.
class Optional : public WithRequest {
public:
    void load(Host& host) override { host.option("use_request", is_used_, "Whether it is used."); }
    HookSet unused() const override { return is_used_ ? HookSet() : HookSet{Hook::request}; }

private:
    bool is_used_ = false;
};

TEST(AddonChain, CallsNoHookThatTheOptionsLeaveUnused) {
    ChainFixture fixture;
    play([&]() -> asio::awaitable<void> {
        fixture.chain.add(std::make_shared<Optional>());
        EXPECT_FALSE(fixture.chain.wants(Hook::request));
        co_await fixture.chain.start();
        fixture.options.set("use_request", true);
        EXPECT_TRUE(fixture.chain.wants(Hook::request));
        fixture.options.set("use_request", false);
        EXPECT_FALSE(fixture.chain.wants(Hook::request));
        fixture.chain.add(std::make_shared<Recorder>("other", fixture.calls));
        EXPECT_TRUE(fixture.chain.wants(Hook::request)) << "another addon uses it";
        co_await fixture.chain.stop();
    });
}

/// Acts on the requests for one path.
class Selective : public Addon {
public:
    std::string name() const override { return "selective"; }
    bool ignores(Hook hook, flow::HttpFlow const& flow) const noexcept override {
        return hook == Hook::request && flow.request.path != "/its";
    }
    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        flow.comment = "seen";
        co_return;
    }
};

TEST(AddonChain, CallsNoHookForAFlowThatTheAddonIgnores) {
    ChainFixture fixture;
    play([&]() -> asio::awaitable<void> {
        fixture.chain.add(std::make_shared<Selective>());
        co_await fixture.chain.start();
        flow::HttpFlow its(nullptr, nullptr, flow::Time{}), other(nullptr, nullptr, flow::Time{});
        its.request.path = "/its";
        other.request.path = "/other";
        EXPECT_TRUE(fixture.chain.wants(Hook::request, its));
        EXPECT_FALSE(fixture.chain.wants(Hook::request, other));
        EXPECT_FALSE(fixture.chain.wants(Hook::response, its)) << "it has no such hook";
        co_await fixture.chain.run(hooks::request, its);
        co_await fixture.chain.run(hooks::request, other);
        EXPECT_EQ(its.comment, "seen");
        EXPECT_EQ(other.comment, "") << "though another caller runs the hook";

        fixture.chain.add(std::make_shared<WithRequest>());
        EXPECT_TRUE(fixture.chain.wants(Hook::request, other)) << "another addon does not ignore it";
        co_await fixture.chain.stop();
    });
}

TEST(AddonChain, CallsTheDefaultsOfAnAddonOfUnknownType) {
    ChainFixture fixture;
    std::shared_ptr<Addon> const bare = std::make_shared<Bare>();
    fixture.chain.add({bare, HookSet{Hook::request, Hook::tcp_start, Hook::load, Hook::configure, Hook::log}});
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    play([&]() -> asio::awaitable<void> { co_await fixture.chain.start(); });
    fixture.chain.log({LogLevel::info, "text"});
    EXPECT_THAT(fixture.log, ElementsAre(LogEntry{LogLevel::info, "text"}));
}

// --- rounds ----------------------------------------------------------------------------------------------------------

TEST(AddonChain, P40_G6_CallsInTheOrderOfRegistration) {
    ChainFixture fixture;
    for (auto const name : {"b", "a", "c"}) fixture.chain.add(std::make_shared<Recorder>(name, fixture.calls));
    fixture.calls.clear();
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    EXPECT_THAT(fixture.calls, ElementsAre("b request", "a request", "c request"));
    EXPECT_THAT(fixture.chain.names(), ElementsAre("b", "a", "c"));
}

TEST(AddonChain, P40_G6_HaltEndsTheRound) {
    ChainFixture fixture;
    auto const first = std::make_shared<Recorder>("first", fixture.calls);
    first->on_request = [](flow::HttpFlow&) { throw AddonHalt(); };
    fixture.chain.add(first);
    fixture.chain.add(std::make_shared<Recorder>("second", fixture.calls));
    fixture.calls.clear();
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    EXPECT_THAT(fixture.calls, ElementsAre("first request"));
    EXPECT_THAT(fixture.log, IsEmpty());
}

TEST(AddonChain, P40_b_AnExceptionIsLoggedAndTheNextRuns) {
    ChainFixture fixture;
    auto const first = std::make_shared<Recorder>("first", fixture.calls);
    first->on_request = [](flow::HttpFlow&) { throw std::runtime_error("no luck"); };
    auto const second = std::make_shared<Recorder>("second", fixture.calls);
    second->on_request = [](flow::HttpFlow&) { throw 42; };
    fixture.chain.add(first);
    fixture.chain.add(second);
    fixture.chain.add(std::make_shared<Recorder>("third", fixture.calls));
    fixture.calls.clear();
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    EXPECT_THAT(fixture.calls, ElementsAre("first request", "second request", "third request"));
    EXPECT_THAT(fixture.log, ElementsAre(LogEntry{LogLevel::error, "addon first, in request: no luck", {}, "first"},
                                         LogEntry{LogLevel::error,
                                                  "addon second, in request: an exception that is not a std::exception",
                                                  {},
                                                  "second"}));
}

TEST(AddonChain, ChangesWhatItIsGiven) {
    ChainFixture fixture;
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.response = flow::Response::make(403); };
    fixture.chain.add(addon);
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    ASSERT_TRUE(flow.response);
    EXPECT_EQ(flow.response->status_code, 403U);
}

TEST(AddonChain, P40_G8_WaitsForAnInterceptedFlow) {
    ChainFixture fixture;
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    fixture.chain.add(addon);
    fixture.chain.add(std::make_shared<Recorder>("two", fixture.calls));
    fixture.calls.clear();
    auto flow = make_flow();
    play([&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        asio::post(executor, [&] {
            fixture.calls.push_back("resume");
            flow.resume();
        });
        co_await fixture.chain.run(hooks::request, flow);
        fixture.calls.push_back("goes on");
    });
    EXPECT_THAT(fixture.calls, ElementsAre("one request", "two request", "resume", "goes on"));
}

TEST(AddonChain, P40_G8_AKilledFlowGoesOn) {
    ChainFixture fixture;
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    fixture.chain.add(addon);
    auto flow = make_flow();
    play([&]() -> asio::awaitable<void> {
        auto const kill = [&] { flow.kill(flow::Time{}); };
        asio::post(co_await asio::this_coro::executor, kill);
        co_await fixture.chain.run(hooks::request, flow);
    });
    EXPECT_EQ(flow.error->message, flow::killed_message);
}

TEST(AddonChain, ResumedWithinTheRoundDoesNotWait) {
    ChainFixture fixture;
    auto const first = std::make_shared<Recorder>("first", fixture.calls);
    first->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    auto const second = std::make_shared<Recorder>("second", fixture.calls);
    second->on_request = [](flow::HttpFlow& flow) { flow.resume(); };
    fixture.chain.add(first);
    fixture.chain.add(second);
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    EXPECT_FALSE(flow.intercepted());
}

TEST(AddonChain, CancellationIsNoFaultOfAnAddon) {
    ChainFixture fixture;
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    fixture.chain.add(addon);
    auto flow = make_flow();
    boost::asio::io_context context(1);
    boost::asio::cancellation_signal stop;
    bool ended = false, went_on = false;
    auto const conversation = [&]() -> asio::awaitable<void> {
        co_await fixture.chain.run(hooks::request, flow);
        co_await asio::post(asio::use_awaitable);
        went_on = true;
    };
    boost::asio::co_spawn(context, conversation,
                          boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    boost::asio::post(context, [&] { stop.emit(boost::asio::cancellation_type::terminal); });
    context.run_for(proxycore::test::patience);
    EXPECT_TRUE(ended);
    EXPECT_FALSE(went_on);
    EXPECT_THAT(fixture.log, IsEmpty());
    flow.resume();  // nobody is there to be woken any more
}

// --- coming and going ------------------------------------------------------------------------------------------------

TEST(AddonChain, P40_LifeHasItsOrder) {
    ChainFixture fixture;
    fixture.options.declare({"speed", std::int64_t{1}});
    fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls));
    play([&]() -> asio::awaitable<void> {
        co_await fixture.chain.start();
        fixture.options.set("speed", std::int64_t{2});
        fixture.options.set("speed", std::int64_t{2});
        co_await fixture.chain.stop();
    });
    EXPECT_THAT(fixture.calls,
                ElementsAre("one load", "one configure speed", "one running", "one configure speed", "one done"));
    EXPECT_THAT(fixture.chain.names(), IsEmpty());
}

TEST(AddonChain, P41_ConfiguresLateComers) {
    ChainFixture fixture;
    fixture.options.declare({"speed", std::int64_t{1}});
    play([&]() -> asio::awaitable<void> {
        co_await fixture.chain.start();
        auto const late = std::make_shared<Recorder>("late", fixture.calls);
        fixture.chain.add(late);
        co_await fixture.chain.remove("late");
    });
    EXPECT_THAT(fixture.calls, ElementsAre("late load", "late configure speed", "late running", "late done"));
    EXPECT_EQ(fixture.chain.find("late"), nullptr);
}

TEST(AddonChain, P41_ANameIsThereOnce) {
    ChainFixture fixture;
    fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls));
    try {
        fixture.chain.add(std::make_shared<Recorder>("one", fixture.calls));
        FAIL() << "nothing was thrown";
    } catch (AddonError const& error) {
        EXPECT_STREQ(error.what(), "there is an addon called one already");
    }
    EXPECT_EQ(fixture.chain.names().size(), 1U);
}

TEST(AddonChain, P41_PartsComeAndGoWithTheirAddon) {
    ChainFixture fixture;
    auto const inner = std::make_shared<Recorder>("inner", fixture.calls);
    inner->handles = {std::make_shared<Recorder>("innermost", fixture.calls)};
    auto const outer = std::make_shared<Recorder>("outer", fixture.calls);
    outer->handles = {inner};
    fixture.chain.add(outer);
    fixture.chain.add(std::make_shared<Recorder>("last", fixture.calls));
    EXPECT_THAT(fixture.chain.names(), ElementsAre("outer", "inner", "innermost", "last"));
    EXPECT_EQ(fixture.chain.find("inner"), inner);
    fixture.calls.clear();
    play([&]() -> asio::awaitable<void> { co_await fixture.chain.remove("outer"); });
    EXPECT_THAT(fixture.calls, ElementsAre("outer done", "inner done", "innermost done"));
    EXPECT_THAT(fixture.chain.names(), ElementsAre("last"));
}

TEST(AddonChain, RemovingNobodyIsAnError) {
    ChainFixture fixture;
    EXPECT_THROW(play([&]() -> asio::awaitable<void> { co_await fixture.chain.remove("nobody"); }), AddonError);
}

TEST(AddonChain, MayChangeDuringARound) {
    ChainFixture fixture;
    auto const first = std::make_shared<Recorder>("first", fixture.calls);
    first->on_request = [&](flow::HttpFlow&) {
        if (fixture.chain.find("new") == nullptr) fixture.chain.add(std::make_shared<Recorder>("new", fixture.calls));
    };
    fixture.chain.add(first);
    fixture.calls.clear();
    auto flow = make_flow();
    run(fixture.chain, hooks::request, flow);
    EXPECT_THAT(fixture.calls, ElementsAre("first request", "new load"));
    run(fixture.chain, hooks::request, flow);
    EXPECT_EQ(fixture.calls.back(), "new request");
}

TEST(AddonChain, P41_a_ARefusedOptionKeepsItsValue) {
    ChainFixture fixture;
    fixture.options.declare({"speed", std::int64_t{1}});
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_configure = [&] {
        if (fixture.options.get<std::int64_t>("speed") > 10) throw OptionsError("too fast");
    };
    fixture.chain.add(addon);
    play([&]() -> asio::awaitable<void> { co_await fixture.chain.start(); });
    EXPECT_THROW(fixture.options.set("speed", std::int64_t{11}), OptionsError);
    EXPECT_EQ(fixture.options.get<std::int64_t>("speed"), 1);
    EXPECT_THROW(fixture.options.apply({parse_setting("speed=fast")}), OptionsError);
    EXPECT_EQ(fixture.options.get<std::int64_t>("speed"), 1);
    EXPECT_THAT(fixture.log, IsEmpty());
}

TEST(AddonChain, OtherExceptionsOfConfigureAreLogged) {
    ChainFixture fixture;
    fixture.options.declare({"speed", std::int64_t{1}});
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_configure = [] { throw std::runtime_error("a fault"); };
    fixture.chain.add(addon);
    play([&]() -> asio::awaitable<void> { co_await fixture.chain.start(); });
    EXPECT_THAT(fixture.log, ElementsAre(LogEntry{LogLevel::error, "addon one, in configure: a fault", {}, "one"}));
}

TEST(AddonChain, AnAddonThatRefusesToStartIsNotAdded) {
    ChainFixture fixture;
    fixture.options.declare({"speed", std::int64_t{1}});
    play([&]() -> asio::awaitable<void> { co_await fixture.chain.start(); });
    auto const addon = std::make_shared<Recorder>("one", fixture.calls);
    addon->on_configure = [] { throw OptionsError("not like this"); };
    EXPECT_THROW(fixture.chain.add(addon), OptionsError);
    EXPECT_EQ(fixture.chain.find("one"), nullptr);
}

class LogReader : public Addon {
public:
    std::string name() const override { return "reader"; }
    void log(LogEntry const& entry) override {
        read.push_back(entry.message);
        if (entry.message == "throw") throw std::runtime_error("cannot read that");
    }
    std::vector<std::string> read{};
};

TEST(AddonChain, P40_LinesReachTheAddonsThatReadThem) {
    ChainFixture fixture;
    auto const reader = std::make_shared<LogReader>();
    fixture.chain.add(reader);
    fixture.chain.log({LogLevel::info, "text"});
    fixture.chain.log({LogLevel::info, "throw"});
    EXPECT_THAT(reader->read, ElementsAre("text", "throw"));
    EXPECT_THAT(fixture.log,
                ElementsAre(LogEntry{LogLevel::info, "text"}, LogEntry{LogLevel::info, "throw"},
                            LogEntry{LogLevel::error, "addon reader, in log: cannot read that", {}, "reader"}));
}

}  // namespace
}  // namespace pathology::proxycore::addons
