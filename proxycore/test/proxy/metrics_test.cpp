// The counters of upstream proxies: over HTTP for Prometheus, by the command, and from the Proxy (P84).
#include <gmock/gmock.h>

#include <pathology/proxycore/addons/registries.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>

#include "proxy/multiupstream_fixture.hpp"
#include "proxy/origin.hpp"
#include "support/play.hpp"
#include "support/prometheus_text.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using pathology::test::PrometheusText;
using test::Origin;
using test::TestClient;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string const scrape = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

class MetricsTest : public test::MultiUpstreamFixture {
protected:
    void start_with(std::string const& where) {
        settings.push_back("multiupstream_metrics=" + where);
        start();
    }
    /// The port of the line that the log has.
    std::uint16_t metrics_port() {
        std::string const before = "metrics of the upstream proxies at http://";
        EXPECT_TRUE(fixture().wait_for_log(before));
        auto const log = fixture().log();
        auto const line = log.substr(log.find(before) + before.size());
        auto const where = line.substr(0, line.find("/metrics"));
        return static_cast<std::uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
    }
    std::string labels() const { return R"({folder=")" + folder.path() + R"(",upstream="office"})"; }
};

TEST_F(MetricsTest, P84_CountersAreThoseOfTheRequests) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    start_with("0");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("origin.test"), "proxy");
    TestClient client(metrics_port());
    auto const response = client.request(scrape);
    EXPECT_EQ(response.status, 200U);
    EXPECT_THAT(response.head, HasSubstr("Content-Type: text/plain; version=0.0.4"));
    PrometheusText const text(response.body);
    EXPECT_EQ(text.value("pathop_upstream_chosen_total" + labels()), 3);
    EXPECT_EQ(text.value("pathop_upstream_connect_seconds_count" + labels()), 3);
    EXPECT_EQ(text.value("pathop_upstream_resting" + labels()), 0);
    ask("origin.test");
    PrometheusText const next(client.request(scrape).body);  // over the same connection
    EXPECT_EQ(next.value("pathop_upstream_chosen_total" + labels()), 4);
}

TEST_F(MetricsTest, P84_FailuresHaveTheirCause) {
    Origin const alive("alive");
    Origin dead("dead");
    folder.add("office", dead.url());
    folder.add("alive", alive.url());
    dead.stop();
    settings.emplace_back("multiupstream_first_rest=60");
    start_with("[::1]:0");
    EXPECT_EQ(ask("origin.test"), "alive");
    PrometheusText const text(TestClient(metrics_port(), "::1").request(scrape).body);
    auto failed = labels();
    EXPECT_EQ(text.value("pathop_upstream_failed_total" + failed.insert(failed.size() - 1, R"(,cause="refused")")), 1);
    EXPECT_EQ(text.value("pathop_upstream_retried_total" + labels()), 1);
    EXPECT_EQ(text.value("pathop_upstream_resting" + labels()), 1);
}

struct Scrape {
    char const* name;
    std::string request;
    unsigned status;
    std::string head;      ///< part of the head of the response
    bool is_last = false;  ///< the connection ends after it
    char const* method = "GET";
};
class MetricsResponse : public MetricsTest, public testing::WithParamInterface<Scrape> {};

TEST_P(MetricsResponse, IsThatOfTheRequest) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    start_with("127.0.0.1:0");
    TestClient client(metrics_port());
    auto const response = client.request(GetParam().request, GetParam().method);
    EXPECT_EQ(response.status, GetParam().status);
    EXPECT_THAT(response.head, HasSubstr(GetParam().head));
    if (GetParam().is_last) {
        EXPECT_THAT(response.head, HasSubstr("Connection: close"));
        EXPECT_EQ(client.read_to_end(), "");
    } else {
        EXPECT_EQ(client.request(scrape).status, 200U);
    }
}

INSTANTIATE_TEST_SUITE_P(
    , MetricsResponse,
    testing::Values(
        Scrape{"Query", "GET /metrics?name=x HTTP/1.1\r\nHost: a\r\n\r\n", 200, "version=0.0.4"},
        Scrape{"AbsoluteForm", "GET http://a/metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200, "version=0.0.4"},
        Scrape{"Head", "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200, "Content-Length: ", false, "HEAD"},
        Scrape{"OtherPath", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404, "text/plain"},
        Scrape{"LongerPath", "GET /metrics/x HTTP/1.1\r\nHost: a\r\n\r\n", 404, "text/plain"},
        Scrape{"OtherMethod", "DELETE /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 405, "Allow: GET, HEAD"},
        Scrape{"Content", "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405, "Allow", true},
        Scrape{"Close", "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, "0.0.4", true},
        Scrape{"Http10", "GET /metrics HTTP/1.0\r\n\r\n", 200, "version=0.0.4", true},
        Scrape{"NoHost", "GET /metrics HTTP/1.1\r\n\r\n", 400, "text/plain", true},
        Scrape{"NotHttp", "hello\r\n\r\n", 400, "text/plain", true},
        Scrape{"LongHead", "GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431,
               "text/plain", true}),
    pathology::test::row_name);

struct BadSetting {
    char const* name;
    std::vector<std::string> settings;
    char const* says;
};
class MetricsOption : public test::MultiUpstreamFixture, public testing::WithParamInterface<BadSetting> {};

TEST_P(MetricsOption, IsRefusedWithAReason) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    settings = GetParam().settings;
    try {
        start();
        FAIL() << "started";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
    }
}

INSTANTIATE_TEST_SUITE_P(
    , MetricsOption,
    testing::Values(
        BadSetting{"AllInterfaces", {"multiupstream_metrics=0.0.0.0:9100"}, "\"0.0.0.0\" is not a loopback address"},
        BadSetting{"AllInterfacesOfIpv6", {"multiupstream_metrics=[::]:9100"}, "is not a loopback address"},
        BadSetting{"Other", {"multiupstream_metrics=192.0.2.1:9100"}, "is not a loopback address"},
        BadSetting{"Name", {"multiupstream_metrics=metrics.test:9100"}, "is not a loopback address"},
        BadSetting{"NoPort", {"multiupstream_metrics=127.0.0.1"}, "option multiupstream_metrics: expected [HOST:]PORT"},
        BadSetting{"Empty", {"multiupstream_metrics="}, "option multiupstream_metrics: "},
        BadSetting{"PortTooLarge", {"multiupstream_metrics=127.0.0.1:99999"}, "option multiupstream_metrics: "},
        BadSetting{"Interval", {"multiupstream_check=-1"}, "option multiupstream_check: expected a number of seconds"},
        BadSetting{"Target", {"multiupstream_check=1", "multiupstream_check_target=a"}, "expected HOST:PORT"},
        BadSetting{"TargetOfNothing", {"multiupstream_check_target=a:1"}, "multiupstream_check=SECONDS enables them"}),
    pathology::test::row_name);

TEST_F(MetricsTest, APortInUseEndsTheStart) {
    Origin const other("other");
    folder.add("office", other.url());
    try {
        start_with(other.where());
        FAIL() << "started";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("option multiupstream_metrics: cannot listen on " + other.where()),
                                        HasSubstr("port 0 picks a free one")));
    }
}

TEST_F(MetricsTest, TheOptionDoesNotChangeWhileTheProxyRuns) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    start();
    auto const change = [&] {
        fixture().proxy.perform([&] { fixture().proxy.options().apply({{"multiupstream_metrics", "0"}}); });
    };
    EXPECT_THROW(change(), OptionsError);
    EXPECT_EQ(ask("origin.test"), "proxy");
}

TEST(MetricsWithoutMultiUpstreamMode, AreAWarning) {
    test::ProxyFixture fixture;
    fixture.set("multiupstream_metrics=0").start();
    EXPECT_TRUE(fixture.wait_for_log("warn: option multiupstream_metrics: no listener is in multi-upstream mode"));
}

/// Connections to the endpoint are no connections of clients, and do not keep the proxy from its end.
TEST_F(MetricsTest, AnIdleConnectionEndsWithTheProxy) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    start_with("localhost:0");
    TestClient client(metrics_port());
    EXPECT_EQ(client.request(scrape).status, 200U);
    EXPECT_EQ(fixture().proxy.connections(), 0U);
    fixture().proxy.stop();
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(MetricsTest, P84_ACommandHasTheCounters) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    start();
    ask("origin.test");
    std::vector<std::string> lines;
    fixture().proxy.perform([&] {
        auto const* const command = fixture().proxy.addons().commands().find("multiupstream.statistics");
        ASSERT_NE(command, nullptr);
        proxycore::test::play([&]() -> asio::awaitable<void> {
            auto const value = co_await command->call({});
            lines = std::get<std::vector<std::string>>(value);
        });
    });
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_THAT(lines[0], AllOf(HasSubstr(R"("type":"upstream")"), HasSubstr(R"("chosen":1)")));
}

TEST_F(MetricsTest, P84_StatisticsStayAfterTheStop) {
    Origin const proxy("proxy");
    folder.add("office", "http://me:secret@" + proxy.where());
    auto const& made = start();
    ask("origin.test");
    std::vector<multiupstream::FolderStatistics> running;
    fixture().proxy.perform([&] { running = made.proxy.upstream_statistics(); });
    fixture().proxy.stop();
    auto stopped = made.proxy.upstream_statistics();
    for (auto const* folders : {&running, &stopped}) {
        ASSERT_EQ(folders->size(), 1U);
        EXPECT_EQ(folders->front().folder, folder.path());
        EXPECT_EQ(folders->front().statistics.upstreams.at(0).counters.chosen, 1U);
        EXPECT_THAT(folders->front().statistics.upstreams.at(0).hops, Not(HasSubstr("secret")));
    }
}

TEST(UpstreamStatistics, AreEmptyInOtherModesAndBeforeTheStart) {
    test::ProxyFixture fixture;
    EXPECT_TRUE(fixture.proxy.upstream_statistics().empty());
    fixture.start();
    fixture.proxy.perform([&] { EXPECT_TRUE(fixture.proxy.upstream_statistics().empty()); });
}

TEST_F(MetricsTest, ListenersOfOneFolderHaveOneRowOfCounters) {
    Origin const proxy("proxy");
    folder.add("office", proxy.url());
    test::ProxyFixture two({folder.mode() + "@127.0.0.1:0", folder.mode() + "@127.0.0.1:0"});
    two.start();
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_EQ(TestClient(two.port(i)).request(test::get("origin.test")).body, "proxy");
    two.proxy.perform([&] {
        auto const folders = two.proxy.upstream_statistics();
        ASSERT_EQ(folders.size(), 1U);
        EXPECT_EQ(folders[0].statistics.upstreams[0].counters.chosen, 2U);
    });
}

}  // namespace
}  // namespace pathology::proxycore::proxy
