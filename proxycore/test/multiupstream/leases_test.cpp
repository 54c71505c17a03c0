#include "multiupstream/leases.hpp"

#include <gmock/gmock.h>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using test::client;
using testing::ElementsAre, testing::IsEmpty;

SharedAffinity const request{"192.0.2.1 h.test:80", false}, websocket{"192.0.2.1 h.test", true};

std::vector<std::string> upstreams_of(Leases const& leases) {
    std::vector<std::string> names;
    for (auto const& lease : leases.all()) names.push_back(lease.upstream);
    return names;
}

TEST(Leases, P82_OfRequestsAreHeldOnceByEachConnection) {
    Leases leases;
    leases.hold(client(1), request, "a");
    leases.hold(client(1), request, "a");
    leases.hold(client(2), request, "a");
    EXPECT_THAT(leases.forget_client(client(1)), IsEmpty());
    EXPECT_EQ(leases.size(), 1U);
    EXPECT_THAT(leases.forget_client(client(2)), ElementsAre(request));
    EXPECT_EQ(leases.size(), 0U);
    EXPECT_THAT(leases.forget_client(client(2)), IsEmpty());
}

TEST(Leases, P82_OfWebSocketsAreHeldByEach) {
    Leases leases;
    leases.hold(client(1), websocket, "a");
    leases.hold(client(1), websocket, "a");
    leases.hold(client(2), websocket, "a");
    EXPECT_FALSE(leases.release(client(1), websocket));
    EXPECT_FALSE(leases.release(client(2), websocket));
    EXPECT_FALSE(leases.release(client(2), websocket));  // it holds none any more
    EXPECT_TRUE(leases.release(client(1), websocket));
    EXPECT_EQ(leases.size(), 0U);
}

TEST(Leases, P82_BothKindsHaveTheirOwnNames) {
    SharedAffinity const same_name{request.name, true};
    Leases leases;
    leases.hold(client(1), request, "a");
    leases.hold(client(1), same_name, "b");
    EXPECT_EQ(leases.size(), 2U);
    EXPECT_TRUE(leases.release(client(1), same_name));
    EXPECT_THAT(upstreams_of(leases), ElementsAre("a"));
}

TEST(Leases, P82_WhatWasDroppedIsNotRenewedUntilItIsHeldAgain) {
    Leases leases;
    leases.hold(client(1), request, "a");
    leases.drop(request, "b");
    EXPECT_THAT(upstreams_of(leases), ElementsAre("a"));
    leases.drop(request, "a");
    EXPECT_THAT(upstreams_of(leases), IsEmpty());
    leases.hold(client(1), request, "b");
    EXPECT_THAT(upstreams_of(leases), ElementsAre("b"));
    leases.forget_client(client(1));
    EXPECT_EQ(leases.size(), 0U);
}

TEST(Leases, P82_AConnectionHoldsAHundred) {
    Leases leases;
    for (int i = 0; i < 1000; ++i) leases.hold(client(1), {std::to_string(i), false}, "a");
    EXPECT_EQ(leases.size(), 100U);
    EXPECT_TRUE(leases.release(client(1), {"999", false}));
    EXPECT_FALSE(leases.release(client(1), {"899", false}));
    EXPECT_EQ(leases.forget_client(client(1)).size(), 99U);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
