// Two processes of pathop that share the state of multi-upstream mode in a redis-server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/redis_server.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using test::RedisServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A pathop whose requests go through one of the upstreams.
class SharingPathop {
public:
    SharingPathop(std::string const& folder, std::string const& redis)
        : pathop_({"--json", "--mode", "multiupstream:" + folder, "--set", "multiupstream_shared_state=" + redis,
                   "--set", "multiupstream_shared_timeout=10000", "--set", "multiupstream_first_rest=60"}) {}

    bool wait_until_connected() { return read_line_with(": connected"); }
    bool wait_until_lost() { return read_line_with("is not used until"); }
    /// The upstream of a request over a connection of its own.
    std::string ask(std::string const& target) {
        auto const ended = curl_through(pathop_.url(), {"http://" + target + "/p/200:b'here'"});
        EXPECT_EQ(ended.status, 0) << ended.err;
        auto const choice = pathop_.flow()["relay"]["choice"];
        reason_ = choice["reason"];
        return choice["upstream"];
    }
    /// Of the last choice.
    std::string const& reason() const { return reason_; }
    Pathop& pathop() { return pathop_; }

private:
    bool read_line_with(std::string const& text) {
        for (;;) {
            auto const line = pathop_.process().read_error_line();
            if (line.empty() || line.find(text) != line.npos) return !line.empty();
        }
    }

    Pathop pathop_;
    std::string reason_;
};

class PathopSharedState : public testing::Test {
protected:
    void SetUp() override {
        if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
        ASSERT_TRUE(redis.is_running());
        std::string text = "proxies:\n";
        for (auto* upstream : {&a, &b})
            text += std::string("  - {name: ") + (upstream == &a ? "a" : "b") + ", url: '" + upstream->url() +
                    "', rules: [{type: default}]}\n";
        folder.write("proxies.yaml", text);
    }
    /// Targets that the upstreams connect to, or fail to; what counts is the choice.
    std::string target(int number) const { return "127.0.0." + std::to_string(number) + ":" + origin.port(); }
    SharingPathop start() { return {folder.path().string(), redis.url()}; }

    RedisServer redis{"secret"};
    Pathod origin;
    Pathop a, b;
    test::Folder folder;
};

TEST_F(PathopSharedState, P82_TwoProcessesChooseTheSameUpstream) {
    auto one = start(), two = start();
    ASSERT_TRUE(one.wait_until_connected());
    ASSERT_TRUE(two.wait_until_connected());
    two.ask(target(9));  // so that without the state its turns would be other ones
    for (int number = 1; number < 6; ++number) {
        auto& first = number % 2 == 0 ? one : two;
        auto& second = number % 2 == 0 ? two : one;
        auto const upstream = first.ask(target(number));
        EXPECT_EQ(first.reason(), "policy");
        EXPECT_EQ(second.ask(target(number)), upstream) << number;
        EXPECT_EQ(second.reason(), "shared affinity");
        EXPECT_EQ(first.ask(target(number)), upstream) << number;
    }
    auto const ended = one.pathop().stop();
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.err, Not(HasSubstr("secret")));
}

TEST_F(PathopSharedState, P82_RequestsGoOnWhileTheServerIsAway) {
    auto one = start(), two = start();
    ASSERT_TRUE(one.wait_until_connected());
    ASSERT_TRUE(two.wait_until_connected());
    auto const upstream = one.ask(target(1));
    EXPECT_EQ(two.ask(target(1)), upstream);
    redis.stop();
    ASSERT_TRUE(one.wait_until_lost());
    ASSERT_TRUE(two.wait_until_lost());
    for (auto* const pathop : {&one, &two}) {
        EXPECT_NE(pathop->ask(target(1)), "");
        EXPECT_EQ(pathop->reason(), "policy");
    }
    redis.start();
    ASSERT_TRUE(one.wait_until_connected());
    ASSERT_TRUE(two.wait_until_connected());
    auto const again = one.ask(target(3));
    EXPECT_EQ(two.ask(target(3)), again);
    EXPECT_EQ(two.reason(), "shared affinity");
}

TEST_F(PathopSharedState, P82_AServerThatIsAwayIsWarnedOfOnce) {
    redis.stop();
    auto one = start();
    ASSERT_TRUE(one.wait_until_lost());
    for (int number = 1; number < 4; ++number) one.ask(target(number));
    auto const ended = one.pathop().stop();
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.err, AllOf(Not(HasSubstr("shared state")), Not(HasSubstr("secret"))));
}

TEST_F(PathopSharedState, P84_ARestIsKnownToAllProcesses) {
    auto one = start(), two = start();
    ASSERT_TRUE(one.wait_until_connected());
    ASSERT_TRUE(two.wait_until_connected());
    a.stop();
    EXPECT_EQ(two.ask(target(1)), "b");
    EXPECT_EQ(one.ask(target(2)), "b");
    EXPECT_EQ(one.reason(), "only candidate");
}

struct BadSetting {
    char const* name;
    char const* setting;
    char const* message;
};
void PrintTo(BadSetting const& row, std::ostream* out) { *out << row.name; }

class P82_BadSharedStateSetting : public testing::TestWithParam<BadSetting> {};

TEST_P(P82_BadSharedStateSetting, EndsTheStartWithoutThePassword) {
    test::Folder const folder;
    folder.write("proxies.yaml", "proxies: [{name: a, url: 'http://127.0.0.1:9', rules: [{type: default}]}]\n");
    auto const ended =
        test::run(PATHOP_PROGRAM, {"--mode", "multiupstream:" + folder.path().string(), "-p", "0", "-b", "127.0.0.1",
                                   "--confdir", folder.path().string(), "--set", GetParam().setting});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, AllOf(HasSubstr(GetParam().message), Not(HasSubstr("secret"))));
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, P82_BadSharedStateSetting,
    testing::Values(BadSetting{"Scheme", "multiupstream_shared_state=http://:secret@h", "expected redis://"},
                    BadSetting{"Password", "multiupstream_shared_state=redis://secret@h", "USER:PASSWORD"},
                    BadSetting{"Database", "multiupstream_shared_state=redis://h/x", "number of a database"},
                    BadSetting{"Timeout", "multiupstream_shared_timeout=0", "milliseconds from 1 to 60000"},
                    BadSetting{"Lease", "multiupstream_shared_lease=0", "seconds from 1 to 86400"}),
    test::row_name);

}  // namespace
}  // namespace pathology::integration
