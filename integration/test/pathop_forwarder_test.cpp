// `pathop --forwarder` with upstream proxies that other people wrote.
#include <gmock/gmock.h>

#include <ostream>

#include "pathop.hpp"
#include "support/real_proxy.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using test::RealProxy;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

/// A backend of pathod, which chooses one proxy.
class Backend {
public:
    Backend(std::string const& address, std::string const& protocol)
        : pathod_({"--json", "-a",
                   "/proxy=200:b'{\"id\":42,\"address\":\"" + address + "\",\"protocol\":\"" + protocol + "\"}'", "-a",
                   "/blacklist=200:b'[{\"id\":1,\"pattern\":\"blocked\"}]'", "-a", "/activity=201:b'{}'"}) {}

    /// The arguments of pathop.
    std::vector<std::string> arguments() const {
        auto const file = folder_.write("env", "SYSTEM_TOKEN=system-token\nFASTAPI_BASE_URL=" + pathod_.url("") + "\n");
        return {"--forwarder", "--forwarder-env", file};
    }
    /// The requests for the path, after the backend has stopped.
    std::vector<nlohmann::json> requests(std::string const& path) {
        std::vector<nlohmann::json> found;
        if (entries_.empty()) entries_ = pathod_.stop_with_entries();
        for (auto const& entry : entries_)
            if (entry["request"]["target"].get<std::string>().starts_with(path)) found.push_back(entry["request"]);
        return found;
    }

private:
    test::Folder folder_;
    Pathod pathod_;
    std::vector<nlohmann::json> entries_;
};

std::vector<std::string> operator+(std::vector<std::string> all, std::vector<std::string> const& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

struct ThroughCase {
    char const* name;
    char const* program;
    char const* protocol;
    std::unique_ptr<RealProxy> (*start)();
};
void PrintTo(ThroughCase const& row, std::ostream* out) { *out << row.program; }
class PathopForwarder : public testing::TestWithParam<ThroughCase> {};

TEST_P(PathopForwarder, P86_f_ForwardsPagesThroughARealProxy) {
    if (!test::is_installed(GetParam().program)) GTEST_SKIP() << GetParam().program << " is not installed";
    auto const proxy = GetParam().start();
    if (!proxy->is_running()) GTEST_SKIP() << GetParam().program << " does not start here: " << proxy->failure();
    Pathod plain({"--json"});
    SafePathod safe({"--json"});
    Backend backend(proxy->at(), GetParam().protocol);
    Pathop pathop(backend.arguments() +
                  std::vector<std::string>{"-ddd", "-v", "--upstream-trusted-ca", safe.authority()});
    std::vector<std::string> const token{"-H", "Authorization: Bearer eyJhIjowfQ.eyJ1c2VyX2lkIjo3fQ.c2ln"};

    EXPECT_EQ(curl_through(pathop.url(), token + std::vector{plain.url("/p/200:b'plain'")}).out, "plain");
    auto const fetched =
        curl_through(pathop.url(), token + std::vector{"https://localhost:" + safe.port() + "/p/200:b'safe'"});
    EXPECT_EQ(fetched.out, "safe") << fetched.err;
    EXPECT_THAT(curl_through(pathop.url(), {plain.url("/p/200")}).out, HasSubstr("a token is required"));
    EXPECT_THAT(curl_through(pathop.url(), token + std::vector{plain.url("/blocked")}).out, HasSubstr("blacklist"));
    auto const ended = pathop.stop();
    EXPECT_EQ(ended.status, 0);

    for (auto const* const secret : {"eyJhIjowfQ", "system-token"})
        EXPECT_THAT(ended.out + ended.err, Not(HasSubstr(secret)));
    EXPECT_THAT(ended.out, HasSubstr("Authorization: Bearer ***"));
    EXPECT_EQ(backend.requests("/proxy?target_url=").size(), 2U);
    auto const activities = backend.requests("/activity");
    ASSERT_EQ(activities.size(), 4U);
    std::vector<std::string> outcomes;
    for (auto const& activity : activities) {
        auto const json = nlohmann::json::parse(activity["body"].get<std::string>(), nullptr, false);
        outcomes.push_back(json["status_code"].dump() + " " + json["user_id"].dump() + " " + json["proxy_id"].dump());
    }
    EXPECT_THAT(outcomes, UnorderedElementsAre("200 7 42", "200 7 42", "401 null null", "403 7 null"));
    for (auto const& entry : plain.stop_with_entries())
        EXPECT_THAT(entry["request"].dump(), Not(HasSubstr("eyJhIjowfQ")));
}

INSTANTIATE_TEST_SUITE_P(Forwarder, PathopForwarder,
                         testing::Values(ThroughCase{"Squid", "squid", "http", [] { return RealProxy::squid(); }},
                                         ThroughCase{"Microsocks", "microsocks", "socks5",
                                                     [] { return RealProxy::microsocks(); }}),
                         test::row_name);

TEST(PathopForwarderStart, P85_d_WithoutATokenItEndsWithStatus1) {
    test::Folder const folder;
    auto const file = folder.write("env", "HTTPX_TIMEOUT=30");
    auto const ended = test::run("env", {"-u", "SYSTEM_TOKEN", PATHOP_PROGRAM, "-p", "0", "--confdir",
                                         folder.path().string(), "--forwarder", "--forwarder-env", file});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr("SYSTEM_TOKEN is not set"));
}

TEST(PathopForwarderStart, P85_c_AnInvalidValueEndsWithStatus1) {
    test::Folder const folder;
    auto const ended = test::run("env", {"SYSTEM_TOKEN=t", "HTTPX_TIMEOUT=s3cret", PATHOP_PROGRAM, "-p", "0",
                                         "--confdir", folder.path().string(), "--set", "forwarder=true"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr("HTTPX_TIMEOUT (environment): expected a number of seconds"));
    EXPECT_THAT(ended.err, Not(HasSubstr("s3cret")));
}

TEST(PathopForwarderStart, P85_e_TheFlagBeatsTheVariable) {
    Backend backend("127.0.0.1:1", "http");
    auto arguments = backend.arguments();
    arguments.insert(arguments.begin(), {"MITM_LISTEN_PORT=1", PATHOP_PROGRAM, "-p", "0", "-b", "127.0.0.1"});
    test::Folder const folder;
    arguments.insert(arguments.end(), {"--confdir", folder.path().string()});
    test::Process process("env", arguments);
    EXPECT_THAT(process.read_error_line(), HasSubstr("listening at 127.0.0.1:"));
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait().status, 0);
}

}  // namespace
}  // namespace pathology::integration
