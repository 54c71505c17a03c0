// What runs beside the requests: the refresh of the blacklist, and the activity log.
#include <gmock/gmock.h>

#include <chrono>
#include <functional>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/origin.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using proxy::test::Origin;
using test::ForwarderFixture;

constexpr char page[] = "http://origin.test/x";
constexpr char rule[] = R"([{"id":1,"pattern":"origin"}])";

TEST(ForwarderLimits, P88_b_ANewRuleIsInForceAfterTheInterval) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("BLACKLIST_REFRESH_SECONDS=1");
    forwarder.choose(upstream.port());
    forwarder.start();
    EXPECT_EQ(forwarder.get(page).status, 200U);
    forwarder.backend.respond("/blacklist", 200, rule);
    EXPECT_TRUE(forwarder.fixture.wait_for_log("Refreshed blacklist cache with 1 patterns"));
    EXPECT_EQ(forwarder.get(page).status, 403U);
}

struct RefreshCase {
    char const* name;
    std::function<void(test::ScriptedBackend&)> script;
    char const* line;
};
void PrintTo(RefreshCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderRefresh : public testing::TestWithParam<RefreshCase> {};

TEST_P(ForwarderRefresh, P88_c_ThatFailsKeepsTheRules) {
    ForwarderFixture forwarder("BLACKLIST_REFRESH_SECONDS=1\nHTTPX_TIMEOUT=0.5");
    forwarder.backend.respond("/blacklist", 200, rule);
    forwarder.start();
    GetParam().script(forwarder.backend);
    EXPECT_TRUE(forwarder.fixture.wait_for_log(GetParam().line));
    EXPECT_EQ(forwarder.get(page).status, 403U);
}

INSTANTIATE_TEST_SUITE_P(
    Forwarder, ForwarderRefresh,
    testing::Values(
        RefreshCase{"Down", [](auto& b) { b.close("/blacklist"); },
                    "warn: addon forwarder: the blacklist cannot be refreshed, the 1 patterns from before stay"},
        RefreshCase{"Silent", [](auto& b) { b.hang("/blacklist"); },
                    "warn: addon forwarder: the blacklist cannot be refreshed"},
        RefreshCase{"ServerError", [](auto& b) { b.respond("/blacklist", 500); },
                    "GET /blacklist of the backend responded 500"},
        RefreshCase{"BadJson", [](auto& b) { b.respond("/blacklist", 200, "{}"); }, "it is not a JSON array"},
        RefreshCase{"Unauthorized", [](auto& b) { b.respond("/blacklist", 401); },
                    "error: addon forwarder: the blacklist cannot be refreshed"},
        RefreshCase{"Forbidden", [](auto& b) { b.respond("/blacklist", 403); },
                    "error: addon forwarder: the blacklist cannot be refreshed"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(ForwarderLimits, P88_d_AnEmptyListClearsTheRules) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("BLACKLIST_REFRESH_SECONDS=1");
    forwarder.choose(upstream.port());
    forwarder.backend.respond("/blacklist", 200, rule);
    forwarder.start();
    EXPECT_EQ(forwarder.get(page).status, 403U);
    forwarder.backend.respond("/blacklist", 200, "[]");
    EXPECT_TRUE(forwarder.fixture.wait_for_log("Refreshed blacklist cache with 0 patterns"));
    EXPECT_EQ(forwarder.get(page).status, 200U);
}

TEST(ForwarderLimits, P88_c_TheStartWaitsForASilentBackendUpToTheTimeout) {
    ForwarderFixture forwarder("HTTPX_TIMEOUT=0.3");
    forwarder.backend.hang("/blacklist");
    forwarder.start();
    EXPECT_TRUE(
        forwarder.fixture.wait_for_log("warn: addon forwarder: the blacklist cannot be refreshed, no URL is blocked"));
    EXPECT_EQ(forwarder.get(page).status, 502U);
}

/// More than are posted at a time: each would wait for the one before it.
TEST(ForwarderLimits, P89_a_ASilentActivityLogDelaysNothing) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("HTTPX_TIMEOUT=60");
    forwarder.choose(upstream.port());
    forwarder.backend.hang("/activity");
    forwarder.start();
    auto const begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(forwarder.get(page).status, 200U);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    EXPECT_EQ(forwarder.backend.wait_for("/activity", 4).size(), 4U);
    auto const stopping = std::chrono::steady_clock::now();
    forwarder.fixture.proxy.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - stopping, 10s);
    EXPECT_TRUE(forwarder.fixture.wait_for_log("10 activities did not reach the backend"));
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
