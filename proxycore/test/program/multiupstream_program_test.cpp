// The built program in multi-upstream mode: what it prints about routes, and SIGHUP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>

#include "support/folder.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"

namespace pathology::pathop {
namespace {

using test::Ended;
using test::Folder;
using test::Process;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view proxies = R"(
proxies:
  - name: "google-proxy"
    url: "http://me:secret@google-proxy.example.com:8080"
    rules:
      - {type: "host_pattern", pattern: "*.google.com"}
  - name: "first"
    url: "http://first.example.com:8080"
    weight: 3
    rules: [{type: "port", port: 8443}]
  - name: "second"
    url: "socks5://second.example.com"
    rules: [{type: "port", port: 8443}]
)";

class ExplainRoute : public testing::Test {
protected:
    ExplainRoute() { folder.write("config/proxies.yaml", proxies); }

    Ended explain(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--mode", "multiupstream:" + (folder.path() / "config").string(),
                                             "--confdir", folder.path().string(), "--explain-route"});
        return test::run(PATHOP_PROGRAM, arguments);
    }

    Folder folder;
};

TEST_F(ExplainRoute, P81_NamesRuleAndProxyWithoutThePassword) {
    auto const ended = explain({"https://www.google.com/"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, AllOf(HasSubstr("www.google.com:443"), HasSubstr("google-proxy"), HasSubstr("*.google.com"),
                                 HasSubstr("http://me:***@google-proxy.example.com:8080"), Not(HasSubstr("secret"))));
}

TEST_F(ExplainRoute, P81_NamesAllCandidatesAndTheNextOne) {
    auto const ended = explain({"http://x.test:8443/", "--client", "192.0.2.1"});
    EXPECT_THAT(ended.out, AllOf(HasSubstr("first"), HasSubstr("second"), HasSubstr("weighted"), HasSubstr("next")));
}

TEST_F(ExplainRoute, P81_IsJsonIfAskedFor) {
    auto const ended = explain({"wss://www.google.com/chat", "--json"});
    auto const json = nlohmann::json::parse(ended.out);
    EXPECT_THAT(json.dump(), AllOf(HasSubstr("google-proxy"), Not(HasSubstr("secret"))));
}

TEST_F(ExplainRoute, P81_FailsWhereNothingMatches) {
    auto const ended = explain({"http://nobody.test/"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.out, HasSubstr("no upstream proxy matches"));
    EXPECT_EQ(explain({"http://nobody.test/", "--set", "multiupstream_no_match=direct"}).status, 0);
}

struct Refused {
    char const* name;
    std::vector<std::string> arguments;
    char const* says;
};
class RefusedRoute : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRoute, EndsWithStatus1) {
    Folder const folder;
    folder.write("config/proxies.yaml", proxies);
    auto arguments = GetParam().arguments;
    for (auto& argument : arguments)
        if (argument == "MODE") argument = "multiupstream:" + (folder.path() / "config").string();
    arguments.insert(arguments.end(), {"--confdir", folder.path().string()});
    auto const ended = test::run(PATHOP_PROGRAM, arguments);
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedRoute,
    testing::Values(
        Refused{"NoFolder", {"--explain-route", "http://a/"}, "requires --mode multiupstream:DIR"},
        Refused{"Url", {"--mode", "MODE", "--explain-route", "ftp://a/"}, "expected http, https, ws or wss"},
        Refused{"Client", {"--mode", "MODE", "--explain-route", "http://a/", "--client", "me"}, "an IP address"},
        Refused{"Policy",
                {"--mode", "MODE", "--set", "multiupstream_policy=fair", "--explain-route", "http://a/"},
                "multiupstream_policy"},
        Refused{"Metrics",
                {"--mode", "MODE", "-p", "0", "--set", "multiupstream_metrics=0.0.0.0:9100"},
                "is not a loopback address"},
        Refused{"Missing", {"--mode", "multiupstream:/no/such/folder", "-p", "0"}, "/no/such/folder"}),
    test::row_name);

/// Starts pathop with one upstream that does not exist, and sends a request.
class PathopWithJson {
public:
    explicit PathopWithJson(std::vector<std::string> more = {}) {
        auto const nobody = std::to_string(test::free_port());
        folder_.write("config/proxies.yaml", "proxies: [{name: office, url: 'http://me:secret@127.0.0.1:" + nobody +
                                                 "', rules: [{type: default}]}]\n");
        std::vector<std::string> arguments{
            "--mode",    "multiupstream:" + config(), "-p", "0", "-b", "127.0.0.1", "--json",
            "--confdir", folder_.path().string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        process.emplace(PATHOP_PROGRAM, arguments);
        greeting = process->read_error_line();
        auto const port = greeting.substr(greeting.rfind(':') + 1);
        proxy_ = "http://127.0.0.1:" + port.substr(0, port.find('.'));
    }

    std::string config() const { return (folder_.path() / "config").string(); }
    void request() const {
        test::run("curl", {"--disable", "--silent", "--max-time", "20", "--noproxy", "", "--proxy", proxy_,
                           "http://origin.test/"});
    }

    /// Reads the log until it says where the metrics are.
    std::string metrics_url() {
        for (int lines = 0; lines < 10; ++lines) {
            auto const line = process->read_error_line();
            if (line.ends_with("/metrics")) return line.substr(line.find("http://"));
        }
        ADD_FAILURE() << "no line names the metrics";
        return "";
    }

    std::optional<Process> process;
    std::string greeting;  ///< the first line of the log

private:
    Folder folder_;
    std::string proxy_;
};

TEST(MultiUpstreamProgram, P81_TheJsonOfAFlowHasTheChoice) {
    PathopWithJson pathop;
    pathop.request();
    auto const flow = nlohmann::json::parse(pathop.process->read_line());
    EXPECT_EQ(flow["relay"]["choice"]["upstream"], "office");
    EXPECT_THAT(flow.dump(), Not(HasSubstr("secret")));
}

TEST(MultiUpstreamProgram, P84_TheJsonHasTheCountersAtTheEnd) {
    PathopWithJson pathop;
    pathop.request();
    EXPECT_EQ(nlohmann::json::parse(pathop.process->read_line())["id"], 0);
    pathop.process->signal(SIGTERM);
    auto const upstream = nlohmann::json::parse(pathop.process->read_line());
    EXPECT_EQ(upstream["type"], "upstream");
    EXPECT_EQ(upstream["folder"], pathop.config());
    EXPECT_EQ(upstream["name"], "office");
    EXPECT_EQ(upstream["chosen"], 1);
    EXPECT_EQ(upstream["failed"], nlohmann::json::parse(R"({"refused": 1})"));
    EXPECT_EQ(upstream["connected"]["buckets"].size(), 15U);
    EXPECT_THAT(upstream.dump(), Not(HasSubstr("secret")));
    EXPECT_EQ(nlohmann::json::parse(pathop.process->read_line())["type"], "upstreams");
    auto const ended = pathop.process->wait();
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "");
}

TEST(MultiUpstreamProgram, P84_MetricsAreServedWhereTheLogSays) {
    PathopWithJson pathop({"--set", "multiupstream_metrics=0"});
    pathop.request();
    auto const url = pathop.metrics_url();
    auto const text = test::run("curl", {"--disable", "--silent", "--max-time", "20", "--noproxy", "*", url}).out;
    EXPECT_THAT(
        text, HasSubstr("\npathop_upstream_chosen_total{folder=\"" + pathop.config() + "\",upstream=\"office\"} 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(MultiUpstreamProgram, P84_APortOfMetricsThatIsInUseEndsWithStatus1) {
    PathopWithJson other({"--set", "multiupstream_metrics=0"});
    auto const url = other.metrics_url();
    auto const where = url.substr(7, url.rfind('/') - 7);
    PathopWithJson pathop({"--set", "multiupstream_metrics=" + where});
    EXPECT_THAT(pathop.greeting, HasSubstr("option multiupstream_metrics: cannot listen on " + where));
    EXPECT_EQ(pathop.process->wait().status, 1);
}

TEST(MultiUpstreamProgram, P80_e_ReadsTheFilesAgainAfterSighup) {
    Folder const folder;
    folder.write("config/proxies.yaml", proxies);
    Process process(PATHOP_PROGRAM, {"--mode", "multiupstream:" + (folder.path() / "config").string(), "-p", "0", "-b",
                                     "127.0.0.1", "--confdir", folder.path().string()});
    EXPECT_THAT(process.read_error_line(), HasSubstr("listening at 127.0.0.1:"));
    EXPECT_THAT(process.read_error_line(), HasSubstr("3 upstream proxies: google-proxy, first, second"));
    process.signal(SIGHUP);
    EXPECT_THAT(process.read_error_line(), HasSubstr("configuration reloaded: 3 kept"));
    process.signal(SIGTERM);
    auto const ended = process.wait();
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("google-proxy"), Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace pathology::pathop
