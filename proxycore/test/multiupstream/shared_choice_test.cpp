// Several Balancers that share a state in memory.
#include "multiupstream/shared_choice.hpp"

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <regex>

#include "multiupstream/upstreams.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::ask, test::ask_websocket, test::by_weights, test::client, test::make_upstream, test::name_of;

Balancer::Time now() { return std::chrono::steady_clock::now(); }

/// Replies later than the call, as a server does.
class MemoryState final : public SharedState {
public:
    bool is_available() const override { return is_up; }
    asio::awaitable<std::optional<SharedView>> look_up(std::optional<SharedAffinity> affinity) override {
        ++lookups;
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        if (!is_up || is_silent) co_return std::nullopt;
        SharedView view;
        if (affinity) view.upstream = entry(*affinity);
        for (auto const& [upstream, length] : rests) view.rests.push_back({upstream, length});
        co_return view;
    }
    asio::awaitable<std::optional<std::string>> claim(SharedAffinity affinity, std::string upstream,
                                                      std::string replaced) override {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        if (!is_up || is_silent) co_return std::nullopt;
        if (before_claim) std::exchange(before_claim, nullptr)(affinity);
        auto& bound = entries[key(affinity)];
        if (bound.empty() || bound == replaced) bound = std::move(upstream);
        co_return bound;
    }
    void hold(flow::Id const&, SharedAffinity const& affinity, std::string const& upstream) override {
        held[key(affinity)] = upstream;
    }
    void release(flow::Id const&, SharedAffinity const& affinity) override { held.erase(key(affinity)); }
    void forget_client(flow::Id const&) override { held.clear(); }
    void drop(SharedAffinity const& affinity, std::string const& upstream) override {
        if (entry(affinity) == upstream) entries.erase(key(affinity));
    }
    void begin_rest(std::string const& upstream, std::chrono::milliseconds length) override {
        rests[upstream] = length;
    }
    void end_rest(std::string const& upstream) override { rests.erase(upstream); }

    static std::string key(SharedAffinity const& affinity) {
        return (affinity.is_websocket ? "w " : "h ") + affinity.name;
    }
    std::string entry(SharedAffinity const& affinity) const {
        auto const at = entries.find(key(affinity));
        return at == entries.end() ? "" : at->second;
    }

    bool is_up = true, is_silent = false;
    int lookups = 0;
    std::function<void(SharedAffinity const&)> before_claim;
    std::map<std::string, std::string> entries, held;
    std::map<std::string, std::chrono::milliseconds> rests;
};

/// What a proxy does with them.
struct Proxy {
    explicit Proxy(std::shared_ptr<MemoryState> state, Configuration configuration = by_weights({1, 1, 1}),
                   BalancerSettings settings = {})
        : balancer(std::move(configuration), settings),
          choice(balancer, std::move(state), settings.policy.kind != Policy::Kind::hash) {}

    asio::awaitable<Decision> choose(Question question, std::vector<UpstreamId> excluded = {}) {
        auto const agreed = co_await choice.agree(question, excluded);
        auto const decision = balancer.choose(question, now(), excluded, agreed);
        choice.on_chosen(question, decision);
        co_return decision;
    }
    Decision decide(Question const& question, std::vector<UpstreamId> const& excluded = {}) {
        Decision decision;
        proxycore::test::play([&]() -> asio::awaitable<void> { decision = co_await choose(question, excluded); });
        return decision;
    }
    std::string name(Question const& question) { return name_of(decide(question)); }
    void fail(UpstreamId id, Question const& question) {
        balancer.failed(id, question, {Cause::refused, "refused"}, now());
        choice.on_failed(id, question);
    }
    UpstreamId id(std::size_t position) const { return balancer.ids()[position]; }

    Balancer balancer;
    SharedChoice choice;
};

class SharedChoiceTest : public testing::Test {
protected:
    std::shared_ptr<MemoryState> state = std::make_shared<MemoryState>();
    Proxy one{state}, two{state};
};

TEST_F(SharedChoiceTest, P82_AClientAddressUsesOneUpstreamThroughAllProxies) {
    EXPECT_EQ(one.name(ask("h.test", 1)), "a");
    auto const decision = two.decide(ask("H.test.", 2));
    EXPECT_EQ(name_of(decision), "a");
    EXPECT_EQ(decision.reason, Reason::shared_affinity);
    EXPECT_EQ(one.name(ask("h.test", 3)), "a");
    EXPECT_EQ(two.name(ask("h.test", 4, 81)), "a");  // another target: the first turn of this proxy
    EXPECT_EQ(two.name(ask("i.test", 5)), "b");
    auto other = ask("h.test", 6);
    other.client_address = "192.0.2.2";
    EXPECT_EQ(two.name(other), "c");
}

TEST_F(SharedChoiceTest, P82_WhatAConnectionHasUsedIsNotLookedUp) {
    one.name(ask("h.test", 1));
    auto const lookups = state->lookups;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(one.name(ask("h.test", 1)), "a");
    EXPECT_EQ(state->lookups, lookups);
}

TEST_F(SharedChoiceTest, P82_ProxiesThatChooseAtOnceAgree) {
    one.name(ask("other.test", 9));  // so that the two propose different upstreams
    std::string other;
    state->before_claim = [&](SharedAffinity const& affinity) {
        state->entries[MemoryState::key(affinity)] = fingerprint_of(*two.balancer.upstream(two.id(2)));
    };
    auto const decision = one.decide(ask("h.test", 1));
    EXPECT_EQ(name_of(decision), "c");
    EXPECT_EQ(decision.reason, Reason::shared_affinity);
    EXPECT_EQ(one.decide(ask("h.test", 1)).reason, Reason::affinity);
    auto const chosen = one.balancer.statistics(now());
    EXPECT_EQ(chosen.upstreams[1].counters.chosen, 0U);  // what it proposed
    EXPECT_EQ(chosen.affinities, 2U);
}

TEST_F(SharedChoiceTest, P82_RequestsOfOneConnectionThatChooseAtOnceUseOneUpstream) {
    for (bool const is_silent : {false, true}) {
        state->is_silent = is_silent;
        std::vector<std::string> names;
        proxycore::test::play([&]() -> asio::awaitable<void> {
            auto const question = ask(is_silent ? "silent.test" : "h.test", 1);
            auto const choose = [&]() -> asio::awaitable<void> {
                auto const decision = co_await one.choose(question);
                names.push_back(name_of(decision));
            };
            auto const loop = co_await asio::this_coro::executor;
            for (int i = 0; i < 5; ++i) asio::co_spawn(loop, choose, [](std::exception_ptr) {});
            while (names.size() < 5) co_await asio::post(loop, asio::use_awaitable);
        });
        EXPECT_EQ(std::set(names.begin(), names.end()).size(), 1U) << is_silent;
    }
}

TEST_F(SharedChoiceTest, P82_WithoutTheStateEachProxyChoosesAlone) {
    state->is_up = false;
    EXPECT_EQ(one.name(ask("h.test", 1)), "a");
    EXPECT_EQ(one.name(ask("h.test", 2)), "b");
    EXPECT_EQ(state->lookups, 0);
    state->is_up = true;
    state->is_silent = true;
    EXPECT_EQ(one.name(ask("h.test", 3)), "c");
    EXPECT_EQ(state->lookups, 1);
    EXPECT_EQ(state->held.size(), 1U);  // to be claimed when the state is there again
}

TEST_F(SharedChoiceTest, P82_WebSocketsOfAClientAddressUseOneUpstreamThroughAllProxies) {
    auto const first = one.decide(ask_websocket("h.test", 1));
    one.choice.on_websocket_opened(*first.id, ask_websocket("h.test", 1));
    EXPECT_EQ(state->held.size(), 1U);
    two.name(ask("x.test", 3));
    EXPECT_EQ(state->held.size(), 2U);
    EXPECT_EQ(two.decide(ask_websocket("h.test", 2)).reason, Reason::shared_affinity);
    EXPECT_EQ(two.name(ask_websocket("h.test", 4)), name_of(first));
    one.choice.on_websocket_closed(ask_websocket("h.test", 1));
    EXPECT_EQ(state->held.size(), 1U);  // x.test
}

TEST_F(SharedChoiceTest, P82_WebSocketsOfOthersPrecedeWhatTheConnectionHasUsed) {
    auto const first = one.decide(ask_websocket("h.test", 1));
    two.name(ask("x.test", 3));
    auto requests = ask_websocket("h.test", 2);
    requests.is_websocket = false;
    EXPECT_EQ(two.name(requests), "b");
    EXPECT_EQ(two.name(ask_websocket("h.test", 2)), name_of(first));
}

TEST_F(SharedChoiceTest, P82_AFailedUpstreamIsDroppedAndReplaced) {
    one.name(ask("h.test", 1));
    two.name(ask("h.test", 2));
    one.fail(one.id(0), ask("h.test", 1));
    EXPECT_TRUE(state->entries.empty());
    EXPECT_EQ(name_of(one.decide(ask("h.test", 1), {one.id(0)})), "b");
    EXPECT_EQ(two.name(ask("h.test", 3)), "b");
}

TEST_F(SharedChoiceTest, P82_AnEntryOfAnUpstreamThatCannotBeUsedIsReplaced) {
    for (std::string const& bound :
         {std::string("0123456789abcdef"), std::string("?"), fingerprint_of(make_upstream("z"))}) {
        state->entries.clear();
        state->entries["h 192.0.2.1 h.test:80"] = bound;
        auto const number = static_cast<std::uint8_t>(bound.size());
        auto const decision = one.decide(ask("h.test", number));
        EXPECT_EQ(decision.reason, Reason::policy);
        EXPECT_EQ(state->entries["h 192.0.2.1 h.test:80"], fingerprint_of(*decision.upstream));
        one.balancer.client_gone(client(number));
    }
}

TEST_F(SharedChoiceTest, P84_ARestOfOneProxyIsOneOfAll) {
    one.fail(one.id(0), ask("x.test", 1));
    EXPECT_EQ(two.name(ask("h.test", 2)), "b");
    auto const health = two.balancer.health(two.id(0), now());
    EXPECT_EQ(health.state, HealthState::resting);
    EXPECT_EQ(health.detail, "reported by the shared state");
    one.choice.on_response(one.id(0));
    one.balancer.connected(one.id(0), 1ms, now());
    EXPECT_TRUE(state->rests.empty());
    two.name(ask("i.test", 3));
    EXPECT_EQ(two.balancer.health(two.id(0), now()).state, HealthState::available);
}

TEST_F(SharedChoiceTest, P84_ARestOfItsOwnIsNotEndedByTheState) {
    one.fail(one.id(0), ask("x.test", 1));
    state->rests.clear();
    one.name(ask("h.test", 2));
    EXPECT_EQ(one.balancer.health(one.id(0), now()).state, HealthState::resting);
}

TEST_F(SharedChoiceTest, P84_AllRestsMayBeReported) {
    for (std::size_t i = 0; i < 3; ++i) one.fail(one.id(i), ask("x.test", 1));
    auto const decision = two.decide(ask("h.test", 2));
    EXPECT_FALSE(decision);
    EXPECT_EQ(decision.reason, Reason::all_rest);
    EXPECT_EQ(two.balancer.statistics(now()).unavailable, 1U);
}

TEST_F(SharedChoiceTest, P82_APolicyByKeysSharesRestsAndWebSockets) {
    BalancerSettings settings;
    settings.policy = parse_policy("hash:client").value();
    Proxy by_key(state, by_weights({1, 1, 1}), settings);
    auto const chosen = by_key.decide(ask("h.test", 1));
    EXPECT_TRUE(state->entries.empty());
    one.fail(*chosen.id, ask("x.test", 1));
    EXPECT_NE(by_key.name(ask("i.test", 2)), name_of(chosen));
    by_key.name(ask_websocket("h.test", 3));
    EXPECT_EQ(state->entries.size(), 1U);
}

TEST_F(SharedChoiceTest, AReloadKeepsEntriesOfUnchangedUpstreams) {
    one.name(ask("h.test", 1));
    auto changed = by_weights({5, 1, 1});
    std::swap(changed.upstreams[0], changed.upstreams[2]);
    two.balancer.reload(changed);
    two.choice.follow_configuration();
    EXPECT_EQ(two.name(ask("h.test", 2)), "a");
}

TEST_F(SharedChoiceTest, P82_NothingIsSharedForWhatIsNoName) {
    one.name(ask(std::string(300, 'x'), 1));
    auto nobody = ask("h.test", 2);
    nobody.client_address = "";
    one.name(nobody);
    one.name(ask("h.test"));  // of no client connection
    EXPECT_TRUE(state->entries.empty());
    EXPECT_TRUE(state->held.empty());
}

TEST(Fingerprint, P82_HasNameAndHopsWithoutThePassword) {
    auto const upstream = make_upstream("a");
    auto const text = fingerprint_of(upstream);
    EXPECT_TRUE(std::regex_match(text, std::regex("[0-9a-f]{16}"))) << text;
    auto other_password = upstream, other_name = upstream, other_port = upstream, other_weight = upstream;
    other_password.hops[0].credentials->password = "other";
    other_name.name = "b";
    other_port.hops[0].address.port = 1;
    other_weight.weight = 9;
    EXPECT_EQ(fingerprint_of(other_password), text);
    EXPECT_EQ(fingerprint_of(other_weight), text);
    EXPECT_NE(fingerprint_of(other_name), text);
    EXPECT_NE(fingerprint_of(other_port), text);
}

TEST(SharedChecks, BeginAndEndARestOfAllProxies) {
    auto const state = std::make_shared<MemoryState>();
    Selector selector(by_weights({1}));
    selector.share(state);
    auto const id = selector.balancer().ids()[0];
    EXPECT_TRUE(selector.on_check_failed(id, {.cause = Cause::refused}));
    EXPECT_EQ(state->rests.size(), 1U);
    EXPECT_TRUE(selector.on_check_succeeded(id, 1ms));
    EXPECT_EQ(state->rests.size(), 0U);
    selector.on_check_failed(id, {.cause = Cause::refused});
    EXPECT_FALSE(selector.on_check_failed(id, {.cause = Cause::credentials}));  // a response
    EXPECT_EQ(state->rests.size(), 0U);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
