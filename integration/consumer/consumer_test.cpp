// What a first-time user of the test kit writes: a daemon, a client, what each saw of the other, and a proxy
// between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/addons/shared_object.hpp>
#include <pathology/testkit/testkit.hpp>

namespace {

using namespace pathology::testkit;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Optional;
using testing::SizeIs;

TEST(Consumer, GetsTheResponseThatItsPathSpells) {
    Daemon daemon;
    Client client({.port = daemon.port()});

    EXPECT_THAT(client.request("get:'/p/200:b@100'"), AllOf(HasStatus(200), HasBody(SizeIs(100))));
    EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasMethod("GET"), HasTarget("/p/200:b@100"))));
}

TEST(Consumer, LearnsOfABodyThatBreaksOff) {
    Daemon daemon;
    Client client({.port = daemon.port()});

    EXPECT_FALSE(client.request("get:'/p/200:b@1k:d500'").ok());
}

TEST(Consumer, SeesWhatPassesAProxy) {
    Daemon daemon;
    Proxy proxy({.mode = "reverse:" + daemon.url(),
                 .on_request = [](auto& flow) { flow.request.headers.set("X-Seen", "yes"); }});
    Client client({.port = proxy.port()});

    EXPECT_THAT(client.request("get:'/p/200:b@100'"), HasStatus(200));
    EXPECT_THAT(daemon.take_request(2s), Optional(HasHeader("X-Seen", "yes")));
    EXPECT_THAT(proxy.take_flow(2s)->response, HasBody(SizeIs(100)));
}

TEST(Consumer, LoadsAnAddonOfASharedObject) {
    Daemon daemon;
    Proxy proxy({.mode = "reverse:" + daemon.url()});
    proxy.add(pathology::proxycore::addons::load_shared_object(LABELLER));
    Client client({.port = proxy.port()});

    EXPECT_THAT(client.request("get:'/p/200:b@100'"), HasHeader("X-Parts", "0"));
}

}  // namespace
