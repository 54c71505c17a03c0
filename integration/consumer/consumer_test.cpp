// What a first-time user of the test kit writes: a daemon, a client, and what each saw of the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/testkit/testkit.hpp>

namespace {

using namespace pathology::testkit;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Optional;
using testing::SizeIs;

TEST(Consumer, GetsTheAnswerThatItsPathSpells) {
    Daemon daemon;
    Client client({.port = daemon.port()});

    EXPECT_THAT(client.request("get:'/p/200:b@100'"), AllOf(HasStatus(200), HasBody(SizeIs(100))));
    EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasMethod("GET"), HasTarget("/p/200:b@100"))));
}

TEST(Consumer, IsToldOfABodyThatBreaksOff) {
    Daemon daemon;
    Client client({.port = daemon.port()});

    EXPECT_FALSE(client.request("get:'/p/200:b@1k:d500'").ok());
}

}  // namespace
