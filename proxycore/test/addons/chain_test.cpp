#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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
    Bench bench;
    EXPECT_FALSE(bench.chain.wants(Hook::request));
    bench.chain.add(std::make_shared<Bare>());
    EXPECT_FALSE(bench.chain.wants(Hook::request));
    bench.chain.add(std::make_shared<Recorder>("one", bench.calls));
    EXPECT_TRUE(bench.chain.wants(Hook::request));
    EXPECT_FALSE(bench.chain.wants(Hook::response));
}

TEST(AddonChain, CallsTheDefaultsOfAnAddonOfUnknownType) {
    Bench bench;
    std::shared_ptr<Addon> const bare = std::make_shared<Bare>();
    bench.chain.add({bare, HookSet{Hook::request, Hook::tcp_start, Hook::load, Hook::configure, Hook::log}});
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    play([&]() -> asio::awaitable<void> { co_await bench.chain.start(); });
    bench.chain.log({LogLevel::info, "text"});
    EXPECT_THAT(bench.log, ElementsAre(LogEntry{LogLevel::info, "text"}));
}

// --- rounds ----------------------------------------------------------------------------------------------------------

TEST(AddonChain, P40_G6_CallsInTheOrderOfRegistration) {
    Bench bench;
    for (auto const name : {"b", "a", "c"}) bench.chain.add(std::make_shared<Recorder>(name, bench.calls));
    bench.calls.clear();
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    EXPECT_THAT(bench.calls, ElementsAre("b request", "a request", "c request"));
    EXPECT_THAT(bench.chain.names(), ElementsAre("b", "a", "c"));
}

TEST(AddonChain, P40_G6_HaltEndsTheRound) {
    Bench bench;
    auto const first = std::make_shared<Recorder>("first", bench.calls);
    first->on_request = [](flow::HttpFlow&) { throw AddonHalt(); };
    bench.chain.add(first);
    bench.chain.add(std::make_shared<Recorder>("second", bench.calls));
    bench.calls.clear();
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    EXPECT_THAT(bench.calls, ElementsAre("first request"));
    EXPECT_THAT(bench.log, IsEmpty());
}

TEST(AddonChain, P40_b_AnExceptionIsLoggedAndTheNextRuns) {
    Bench bench;
    auto const first = std::make_shared<Recorder>("first", bench.calls);
    first->on_request = [](flow::HttpFlow&) { throw std::runtime_error("no luck"); };
    auto const second = std::make_shared<Recorder>("second", bench.calls);
    second->on_request = [](flow::HttpFlow&) { throw 42; };
    bench.chain.add(first);
    bench.chain.add(second);
    bench.chain.add(std::make_shared<Recorder>("third", bench.calls));
    bench.calls.clear();
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    EXPECT_THAT(bench.calls, ElementsAre("first request", "second request", "third request"));
    EXPECT_THAT(bench.log, ElementsAre(LogEntry{LogLevel::error, "addon first, in request: no luck"},
                                       LogEntry{LogLevel::error,
                                                "addon second, in request: an exception that is no std::exception"}));
}

TEST(AddonChain, ChangesWhatItIsGiven) {
    Bench bench;
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.response = flow::Response::make(403); };
    bench.chain.add(addon);
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    ASSERT_TRUE(flow.response);
    EXPECT_EQ(flow.response->status_code, 403U);
}

TEST(AddonChain, P40_G8_WaitsForAnInterceptedFlow) {
    Bench bench;
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    bench.chain.add(addon);
    bench.chain.add(std::make_shared<Recorder>("two", bench.calls));
    bench.calls.clear();
    auto flow = make_flow();
    play([&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        asio::post(executor, [&] {
            bench.calls.push_back("resume");
            flow.resume();
        });
        co_await bench.chain.run(hooks::request, flow);
        bench.calls.push_back("goes on");
    });
    EXPECT_THAT(bench.calls, ElementsAre("one request", "two request", "resume", "goes on"));
}

TEST(AddonChain, P40_G8_AKilledFlowGoesOn) {
    Bench bench;
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    bench.chain.add(addon);
    auto flow = make_flow();
    play([&]() -> asio::awaitable<void> {
        asio::post(co_await asio::this_coro::executor, [&] { flow.kill(flow::Time{}); });
        co_await bench.chain.run(hooks::request, flow);
    });
    EXPECT_EQ(flow.error->message, flow::killed_message);
}

TEST(AddonChain, ResumedWithinTheRoundDoesNotWait) {
    Bench bench;
    auto const first = std::make_shared<Recorder>("first", bench.calls);
    first->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    auto const second = std::make_shared<Recorder>("second", bench.calls);
    second->on_request = [](flow::HttpFlow& flow) { flow.resume(); };
    bench.chain.add(first);
    bench.chain.add(second);
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    EXPECT_FALSE(flow.intercepted());
}

TEST(AddonChain, CancellationIsNoFaultOfAnAddon) {
    Bench bench;
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    bench.chain.add(addon);
    auto flow = make_flow();
    boost::asio::io_context context(1);
    boost::asio::cancellation_signal stop;
    bool ended = false, went_on = false;
    auto const conversation = [&]() -> asio::awaitable<void> {
        co_await bench.chain.run(hooks::request, flow);
        co_await asio::post(asio::use_awaitable);
        went_on = true;
    };
    boost::asio::co_spawn(context, conversation,
                          boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    boost::asio::post(context, [&] { stop.emit(boost::asio::cancellation_type::terminal); });
    context.run_for(proxycore::test::patience);
    EXPECT_TRUE(ended);
    EXPECT_FALSE(went_on);
    EXPECT_THAT(bench.log, IsEmpty());
    flow.resume();  // nobody is there to be woken any more
}

// --- coming and going ------------------------------------------------------------------------------------------------

TEST(AddonChain, P40_LifeHasItsOrder) {
    Bench bench;
    bench.options.declare({"speed", std::int64_t{1}});
    bench.chain.add(std::make_shared<Recorder>("one", bench.calls));
    play([&]() -> asio::awaitable<void> {
        co_await bench.chain.start();
        bench.options.set("speed", std::int64_t{2});
        bench.options.set("speed", std::int64_t{2});
        co_await bench.chain.stop();
    });
    EXPECT_THAT(bench.calls,
                ElementsAre("one load", "one configure speed", "one running", "one configure speed", "one done"));
    EXPECT_THAT(bench.chain.names(), IsEmpty());
}

TEST(AddonChain, P41_ConfiguresLateComers) {
    Bench bench;
    bench.options.declare({"speed", std::int64_t{1}});
    play([&]() -> asio::awaitable<void> {
        co_await bench.chain.start();
        auto const late = std::make_shared<Recorder>("late", bench.calls);
        bench.chain.add(late);
        co_await bench.chain.remove("late");
    });
    EXPECT_THAT(bench.calls, ElementsAre("late load", "late configure speed", "late done"));
    EXPECT_EQ(bench.chain.find("late"), nullptr);
}

TEST(AddonChain, P41_ANameIsThereOnce) {
    Bench bench;
    bench.chain.add(std::make_shared<Recorder>("one", bench.calls));
    try {
        bench.chain.add(std::make_shared<Recorder>("one", bench.calls));
        FAIL() << "nothing was thrown";
    } catch (AddonError const& error) {
        EXPECT_STREQ(error.what(), "there is an addon called one already");
    }
    EXPECT_EQ(bench.chain.names().size(), 1U);
}

TEST(AddonChain, P41_PartsComeAndGoWithTheirAddon) {
    Bench bench;
    auto const inner = std::make_shared<Recorder>("inner", bench.calls);
    inner->handles = {std::make_shared<Recorder>("innermost", bench.calls)};
    auto const outer = std::make_shared<Recorder>("outer", bench.calls);
    outer->handles = {inner};
    bench.chain.add(outer);
    bench.chain.add(std::make_shared<Recorder>("last", bench.calls));
    EXPECT_THAT(bench.chain.names(), ElementsAre("outer", "inner", "innermost", "last"));
    EXPECT_EQ(bench.chain.find("inner"), inner);
    bench.calls.clear();
    play([&]() -> asio::awaitable<void> { co_await bench.chain.remove("outer"); });
    EXPECT_THAT(bench.calls, ElementsAre("outer done", "inner done", "innermost done"));
    EXPECT_THAT(bench.chain.names(), ElementsAre("last"));
}

TEST(AddonChain, RemovingNobodyIsAnError) {
    Bench bench;
    EXPECT_THROW(play([&]() -> asio::awaitable<void> { co_await bench.chain.remove("nobody"); }), AddonError);
}

TEST(AddonChain, MayChangeDuringARound) {
    Bench bench;
    auto const first = std::make_shared<Recorder>("first", bench.calls);
    first->on_request = [&](flow::HttpFlow&) {
        if (bench.chain.find("new") == nullptr) bench.chain.add(std::make_shared<Recorder>("new", bench.calls));
    };
    bench.chain.add(first);
    bench.calls.clear();
    auto flow = make_flow();
    run(bench.chain, hooks::request, flow);
    EXPECT_THAT(bench.calls, ElementsAre("first request", "new load"));
    run(bench.chain, hooks::request, flow);
    EXPECT_EQ(bench.calls.back(), "new request");
}

TEST(AddonChain, P41_a_ARefusedOptionKeepsItsValue) {
    Bench bench;
    bench.options.declare({"speed", std::int64_t{1}});
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_configure = [&] {
        if (bench.options.get<std::int64_t>("speed") > 10) throw OptionsError("too fast");
    };
    bench.chain.add(addon);
    play([&]() -> asio::awaitable<void> { co_await bench.chain.start(); });
    EXPECT_THROW(bench.options.set("speed", std::int64_t{11}), OptionsError);
    EXPECT_EQ(bench.options.get<std::int64_t>("speed"), 1);
    EXPECT_THROW(bench.options.apply({parse_setting("speed=fast")}), OptionsError);
    EXPECT_EQ(bench.options.get<std::int64_t>("speed"), 1);
    EXPECT_THAT(bench.log, IsEmpty());
}

TEST(AddonChain, OtherExceptionsOfConfigureAreLogged) {
    Bench bench;
    bench.options.declare({"speed", std::int64_t{1}});
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_configure = [] { throw std::runtime_error("a fault"); };
    bench.chain.add(addon);
    play([&]() -> asio::awaitable<void> { co_await bench.chain.start(); });
    EXPECT_THAT(bench.log, ElementsAre(LogEntry{LogLevel::error, "addon one, in configure: a fault"}));
}

TEST(AddonChain, AnAddonThatRefusesToStartIsNotAdded) {
    Bench bench;
    bench.options.declare({"speed", std::int64_t{1}});
    play([&]() -> asio::awaitable<void> { co_await bench.chain.start(); });
    auto const addon = std::make_shared<Recorder>("one", bench.calls);
    addon->on_configure = [] { throw OptionsError("not like this"); };
    EXPECT_THROW(bench.chain.add(addon), OptionsError);
    EXPECT_EQ(bench.chain.find("one"), nullptr);
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
    Bench bench;
    auto const reader = std::make_shared<LogReader>();
    bench.chain.add(reader);
    bench.chain.log({LogLevel::info, "text"});
    bench.chain.log({LogLevel::info, "throw"});
    EXPECT_THAT(reader->read, ElementsAre("text", "throw"));
    EXPECT_THAT(bench.log, ElementsAre(LogEntry{LogLevel::info, "text"}, LogEntry{LogLevel::info, "throw"},
                                       LogEntry{LogLevel::error, "addon reader, in log: cannot read that"}));
}

}  // namespace
}  // namespace pathology::proxycore::addons
