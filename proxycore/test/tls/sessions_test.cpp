// Clients that come back to a server.
#include "tls/sessions.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

/// A server and a client that stay the same from one connection to the next.
struct Acquaintances {
    explicit Acquaintances(VersionRange versions = {})
        : server(AcceptContext::make({.versions = versions}).value()),
          client(ConnectContext::make(test::verifying()).value()) {}

    /// Connects, asks, is answered and leaves; what the client saw.
    ConnectionInfo meet(std::string const& key = "origin") {
        Engine there(server, test::show_origin()), here(client, ServerName::of("origin.test"));
        here.resume(sessions, key);
        while (here.handshake() != Step::done || there.handshake() != Step::done) {
            if (here.failure() || there.failure()) return {};
            test::carry(here, there);
            test::carry(there, here);
        }
        exchange_data(here, there);
        auto info = here.info();
        EXPECT_EQ(info.resumed, there.info().resumed);
        return info;
    }

    /// Tickets come with the response.
    static void exchange_data(Engine& here, Engine& there) {
        EXPECT_EQ(here.write(boost::asio::buffer("?", 1)), Step::done);
        test::carry(here, there);
        EXPECT_EQ(test::read_all(there), "?");
        EXPECT_EQ(there.write(boost::asio::buffer("!", 1)), Step::done);
        test::carry(there, here);
        EXPECT_EQ(test::read_all(here), "!");
        here.shutdown();
        there.shutdown();
    }

    AcceptContext server;
    ConnectContext client;
    std::shared_ptr<Sessions> sessions = std::make_shared<Sessions>();
};

struct VersionCase {
    std::string_view name;
    VersionRange versions;
};
class SessionsOf : public testing::TestWithParam<VersionCase> {};

TEST_P(SessionsOf, AreGoneOnWithTimeAfterTime) {
    Acquaintances both(GetParam().versions);
    EXPECT_FALSE(both.meet().resumed);
    for (int time = 0; time < 3; ++time) {
        EXPECT_EQ(both.sessions->left_for("origin"), 1U);
        EXPECT_TRUE(both.meet().resumed) << "time " << time;
    }
}

TEST_P(SessionsOf, KeepTheCertificateAndItsChain) {
    Acquaintances both(GetParam().versions);
    auto const first = both.meet(), second = both.meet();
    ASSERT_TRUE(second.resumed);
    ASSERT_EQ(second.peer_chain.size(), first.peer_chain.size());
    ASSERT_FALSE(first.peer_chain.empty());
    EXPECT_EQ(second.peer_chain.front().der, first.peer_chain.front().der);
    EXPECT_EQ(second.version, first.version);
}

TEST_P(SessionsOf, AnotherServerAreItsOwn) {
    Acquaintances both(GetParam().versions);
    both.meet("origin");
    EXPECT_FALSE(both.meet("another").resumed);
    EXPECT_TRUE(both.meet("origin").resumed);
}

TEST_P(SessionsOf, AServerThatForgotThemShakesHandsInFull) {
    Acquaintances both(GetParam().versions);
    both.meet();
    both.server = AcceptContext::make({.versions = GetParam().versions}).value();
    auto const again = both.meet();
    EXPECT_FALSE(again.resumed);
    EXPECT_FALSE(again.peer_chain.empty());
    EXPECT_TRUE(both.meet().resumed);
}

TEST_P(SessionsOf, ServersThatAreManyGiveWay) {
    Acquaintances both(GetParam().versions);
    both.sessions = std::make_shared<Sessions>(1);
    both.meet("origin");
    both.meet("another");
    EXPECT_EQ(both.sessions->left_for("origin"), 0U);
    EXPECT_EQ(both.sessions->left_for("another"), 1U);
}

TEST_P(SessionsOf, AnHourAgoAreOfNoUse) {
    Acquaintances both(GetParam().versions);
    both.meet();
    auto* const kept = both.sessions->state().of.find("origin");
    ASSERT_NE(kept, nullptr);
    SSL_SESSION_set_time(kept->back().get(), std::time(nullptr) - 3601);
    EXPECT_EQ(both.sessions->left_for("origin"), 0U);
    EXPECT_FALSE(both.meet().resumed);
}

INSTANTIATE_TEST_SUITE_P(Version, SessionsOf,
                         testing::Values(VersionCase{"Tls12", {Version::tls1_2, Version::tls1_2}},
                                         VersionCase{"Tls13", {Version::tls1_3, Version::tls1_3}}),
                         pathology::test::row_name);

TEST(Sessions, OfTls13AreUsedOnce) {
    Acquaintances both({Version::tls1_3, Version::tls1_3});
    both.meet();
    Engine first(both.client, ServerName::of("origin.test"));
    first.resume(both.sessions, "origin");
    EXPECT_EQ(both.sessions->left_for("origin"), 0U);
}

}  // namespace
}  // namespace pathology::proxycore::tls
