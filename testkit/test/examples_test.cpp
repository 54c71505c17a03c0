// The two examples of the original's documentation (chapter 36, "pathod.test"), with libcurl for Python's requests.

#include <pathology/testkit/testkit.hpp>

#include "support/curl.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using test::Curl;
using testing::Optional;

// --- 36.1: a daemon as long as a scope -------------------------------------------------------------------------------

TEST(Context, Simple) {
    Daemon daemon;  // listens until the end of the scope

    auto const url = daemon.url_for("200:b@100");
    auto const fetched = Curl().put(url);

    EXPECT_EQ(fetched.status, 200);
    EXPECT_EQ(fetched.body.size(), 100U);

    EXPECT_THAT(daemon.last_request(), Optional(HasMethod("PUT")));
}

// --- 36.2: a daemon for each test ------------------------------------------------------------------------------------

class Setup : public DaemonPerTest {};

TEST_F(Setup, Simple) {
    auto const url = daemon.url_for("200:b@100");
    auto const fetched = Curl().put(url);

    EXPECT_EQ(fetched.status, 200);
    EXPECT_EQ(fetched.body.size(), 100U);

    EXPECT_THAT(daemon.last_request(), Optional(HasMethod("PUT")));
}

// --- and what it succeeds them with: a daemon for the suite ----------------------------------------------------------

class Suite : public DaemonPerSuite {
public:
    static void SetUpTestSuite() { start_daemon({.anchors = {{"/login", "302:l'/home'"}}}); }
};

TEST_F(Suite, FirstTestSeesItsOwnRequests) {
    EXPECT_EQ(Curl().get(daemon.url("/login")).status, 302);
    EXPECT_EQ(daemon.requests().size(), 1U);
}

TEST_F(Suite, SecondTestDoesNotSeeThoseOfTheFirst) {
    EXPECT_EQ(daemon.requests().size(), 0U);
    EXPECT_EQ(Curl().get(daemon.url("/login?again")).status, 302);
    EXPECT_THAT(daemon.take_request(10s), Optional(HasPath("/login?again")));
}

}  // namespace
}  // namespace pathology::testkit
