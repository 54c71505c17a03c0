#include <gmock/gmock.h>

#include <array>
#include <set>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace std::chrono_literals;
using test::ask, test::ask_websocket, test::at, test::by_weights, test::client, test::name_of;

class AffinityOf : public testing::Test {
protected:
    std::string choose(Question const& question) { return name_of(balancer_.choose(question, at(0s))); }
    Statistics statistics() const { return balancer_.statistics(at(0s)); }
    UpstreamId id(std::size_t position) const { return balancer_.ids()[position]; }

    /// Sizes of the tables: hosts of client connections, WebSockets, clients.
    std::array<std::size_t, 3> sizes() const {
        auto const now = statistics();
        return {now.affinities, now.websocket_affinities, now.clients};
    }
    /// A WebSocket from the question to its opening.
    UpstreamId open_websocket(Question const& question) {
        auto const decision = balancer_.choose(question, at(0s));
        balancer_.opened(*decision.id);
        balancer_.released(*decision.id, question);
        balancer_.websocket_opened(*decision.id, question);
        return *decision.id;
    }

    Balancer balancer_{by_weights({1, 1})};
};

TEST_F(AffinityOf, P82_a_RequestsOfOneConnectionToOneHostIsOneUpstream) {
    std::set<std::string> names;
    for (int i = 0; i < 10; ++i) names.insert(choose(ask("h.test", 1)));
    EXPECT_EQ(names.size(), 1U);
    EXPECT_EQ(balancer_.choose(ask("H.test.", 1), at(0s)).reason, Reason::affinity);
}

TEST_F(AffinityOf, AnotherConnectionIsAnother) {
    EXPECT_EQ(choose(ask("h.test", 1)), "a");
    EXPECT_EQ(choose(ask("h.test", 2)), "b");
    EXPECT_EQ(choose(ask("h.test", 1)), "a");
}

TEST_F(AffinityOf, P82_e_HostsAndPortsOfOneConnectionMayDiffer) {
    EXPECT_EQ(choose(ask("h.test", 1)), "a");
    EXPECT_EQ(choose(ask("i.test", 1)), "b");
    EXPECT_EQ(choose(ask("h.test", 1, 81)), "a");
    EXPECT_EQ(choose(ask("i.test", 1, 81)), "b");
    EXPECT_EQ(choose(ask("h.test", 1)), "a");
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{4, 0, 1}));
}

TEST_F(AffinityOf, P82_d_AClientEndsWithIt) {
    choose(ask("h.test", 1));
    choose(ask("i.test", 1));
    choose(ask("h.test", 2));
    choose(ask_websocket("h.test", 1));
    open_websocket(ask_websocket("i.test", 1));
    balancer_.client_gone(client(1));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{1, 0, 1}));
    balancer_.client_gone(client(2));
    balancer_.client_gone(client(3));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, NoClientIsNotKept) {
    EXPECT_EQ(choose(ask("h.test")), "a");
    EXPECT_EQ(choose(ask("h.test")), "b");
    EXPECT_EQ(choose(ask_websocket("h.test", 0)), "a");
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, AClientHasABound) {
    for (int i = 0; i < 1000; ++i) choose(ask("h" + std::to_string(i) + ".test", 1));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{100, 0, 1}));
    EXPECT_EQ(balancer_.choose(ask("h999.test", 1), at(0s)).reason, Reason::affinity);
    EXPECT_EQ(balancer_.choose(ask("h0.test", 1), at(0s)).reason, Reason::policy);
}

TEST_F(AffinityOf, AHostThatIsTooLongIsNotKept) {
    auto const host = std::string(10'000, 'h');
    EXPECT_NE(choose(ask(host, 1)), choose(ask(host, 1)));
    choose(ask_websocket(host, 1));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, P82_b_WebSocketsOfOneAddressToOneHostIsOneUpstream) {
    auto const first = open_websocket(ask_websocket("h.test", 1));
    EXPECT_EQ(open_websocket(ask_websocket("h.test", 2)), first);
    EXPECT_EQ(balancer_.choose(ask_websocket("H.TEST", 3), at(0s)).reason, Reason::websocket_affinity);
    EXPECT_NE(open_websocket(ask_websocket("i.test", 4)), first);
    EXPECT_EQ(open_websocket(ask_websocket("h.test", 5, "192.0.2.2")), first);  // by its turn
    EXPECT_NE(open_websocket(ask_websocket("h.test", 6, "192.0.2.3")), first);
}

TEST_F(AffinityOf, WebSocketsThatAreAskedForAtOnceIsOneUpstream) {
    EXPECT_EQ(choose(ask_websocket("h.test", 1)), "a");
    EXPECT_EQ(choose(ask_websocket("h.test", 2)), "a");
}

TEST_F(AffinityOf, P82_c_WebSocketsEndsWithTheLast) {
    auto const one = ask_websocket("h.test", 1), two = ask_websocket("h.test", 2);
    auto const id = open_websocket(one);
    open_websocket(two);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 1, 2}));
    balancer_.websocket_closed(id, one);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 1, 1}));
    balancer_.websocket_closed(id, two);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, AWebSocketThatIsNotOpenedEndsWithItsRequest) {
    auto const question = ask_websocket("h.test", 1);
    auto const decision = balancer_.choose(question, at(0s));
    balancer_.opened(*decision.id);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 1, 1}));
    balancer_.released(*decision.id, question);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, AWebSocketFollowsTheRequestsOfItsConnection) {
    EXPECT_EQ(choose(ask("x.test", 9)), "a");
    EXPECT_EQ(choose(ask("h.test", 1, 443)), "b");
    EXPECT_EQ(choose(ask_websocket("h.test", 1)), "b");
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{2, 1, 2}));
}

TEST_F(AffinityOf, TheFailedUpstreamEnds) {
    choose(ask("h.test", 1));
    choose(ask("i.test", 2));
    choose(ask("j.test", 3));
    open_websocket(ask_websocket("h.test", 4));
    balancer_.failed(id(0), ask("h.test", 1), {.cause = Cause::refused}, at(0s));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{1, 1, 2}));
    balancer_.failed(id(1), ask("i.test", 2), {.cause = Cause::timed_out}, at(0s));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 1}));  // the WebSocket itself is still open
}

TEST_F(AffinityOf, AFailureThatIsNoRestEndsOnlyItsOwn) {
    choose(ask("h.test", 1));
    choose(ask("x.test", 9));
    choose(ask("h.test", 2));
    balancer_.failed(id(0), ask("h.test", 1), {.cause = Cause::rejected}, at(0s));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{2, 0, 2}));
    EXPECT_EQ(balancer_.choose(ask("h.test", 2), at(0s)).reason, Reason::affinity);
    EXPECT_EQ(balancer_.choose(ask("h.test", 1), at(0s)).reason, Reason::policy);
}

TEST_F(AffinityOf, AFailureOfAnotherUpstreamChangesNothing) {
    choose(ask("h.test", 1));
    balancer_.failed(id(1), ask("h.test", 1), {.cause = Cause::rejected}, at(0s));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{1, 0, 1}));
}

TEST_F(AffinityOf, AWebSocketThatOutlivesItsEntryCountsForNoOther) {
    auto const one = ask_websocket("h.test", 1), two = ask_websocket("h.test", 2);
    auto const first = open_websocket(one);
    balancer_.failed(first, one, {.cause = Cause::rejected}, at(0s));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 1}));
    auto const second = open_websocket(two);
    EXPECT_NE(second, first);
    balancer_.websocket_closed(first, one);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 1, 1}));
    balancer_.websocket_closed(second, two);
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, WebSocketsFollowTheLastChoiceIfTheirUpstreamRests) {
    auto const one = ask_websocket("h.test", 1), two = ask_websocket("h.test", 2), three = ask_websocket("h.test", 3);
    auto const first = balancer_.choose(one, at(0s));
    balancer_.failed(*first.id, ask("x.test", 9), {.cause = Cause::refused}, at(0s));
    balancer_.websocket_opened(*first.id, one);  // it was connected before
    auto const second = balancer_.choose(two, at(0s));
    EXPECT_NE(second.id, first.id);
    EXPECT_EQ(balancer_.choose(three, at(2s)).id, second.id);
    for (std::uint8_t number = 1; number <= 3; ++number) balancer_.client_gone(client(number));
    EXPECT_EQ(sizes(), (std::array<std::size_t, 3>{0, 0, 0}));
}

TEST_F(AffinityOf, AnExcludedUpstreamIsNotUsed) {
    EXPECT_EQ(choose(ask("h.test", 1)), "a");
    auto const excluded = {id(0)};
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test", 1), at(0s), excluded)), "b");
    EXPECT_EQ(choose(ask("h.test", 1)), "b");  // from now on
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
