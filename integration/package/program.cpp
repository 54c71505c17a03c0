// A test as someone writes it who builds without CMake.
#include <gmock/gmock.h>

#include <pathology/testkit/testkit.hpp>

using namespace pathology::testkit;
using namespace std::chrono_literals;

TEST(Program, SeesARequestAndItsResponse) {
    Daemon daemon;
    Client client({.port = daemon.port()});
    EXPECT_THAT(client.request("get:'/p/200:b@100'"), HasStatus(200));
    EXPECT_THAT(daemon.take_request(2s), testing::Optional(HasMethod("GET")));
}
