// Multi-upstream selectors under load: upstreams that die and come back, and a thousand clients.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <thread>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "proxy/unsteady_proxy.hpp"

namespace pathology::proxycore::proxy {
namespace {

using multiupstream::Configuration;
using multiupstream::Statistics;
using test::ProxyFixture;
using test::TestClient;
using test::UnsteadyProxy;

std::string const request = "GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";

/// Raises the soft limit of open files; false if the system does not allow so many.
bool allow_files(rlim_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= count) return true;
    if (limit.rlim_max < count) return false;
    limit.rlim_cur = count;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

class ManyUpstreams : public testing::Test {
protected:
    void start(std::size_t count) {
        Configuration configuration;
        for (std::size_t i = 0; i < count; ++i)
            configuration.upstreams.push_back(proxies.emplace_back("proxy" + std::to_string(i)).upstream());
        multiupstream::SelectorSettings settings;
        settings.balancer.health.first_rest = std::chrono::milliseconds(100);
        settings.balancer.health.max_rest = std::chrono::milliseconds(200);
        selector = std::make_shared<multiupstream::Selector>(std::move(configuration), settings);
        fixture.proxy.set_selector(selector);
        fixture.start();
    }
    Statistics statistics() {
        Statistics found;
        fixture.proxy.perform([&] { found = selector->statistics(); });
        return found;
    }
    void expect_empty_tables() {
        EXPECT_TRUE(fixture.proxy.wait_until_empty(std::chrono::seconds(20)));
        auto const found = statistics();
        EXPECT_EQ(found.affinities, 0U);
        EXPECT_EQ(found.websocket_affinities, 0U);
        EXPECT_EQ(found.clients, 0U);
        for (auto const& upstream : found.upstreams) EXPECT_EQ(upstream.open, 0U) << upstream.name;
    }

    std::deque<UnsteadyProxy> proxies;
    std::shared_ptr<multiupstream::Selector> selector;
    ProxyFixture fixture;
};

TEST_F(ManyUpstreams, DieAndComeBackAndNoRequestIsLostThatWasNotSent) {
    constexpr std::size_t count = 20, dying = 5, threads = 4, clients = 100, requests_of_client = 25;
    start(count);
    std::atomic<std::size_t> served = 0, failed = 0;
    std::mutex mutex;
    std::vector<std::string> reasons;
    auto const work = [&] {
        for (std::size_t i = 0; i < clients; ++i) {
            TestClient client(fixture.port());
            for (std::size_t j = 0; j < requests_of_client; ++j) {
                auto const response = client.request(request);
                ++(response.status == 200 ? served : failed);
                if (response.status == 200) continue;
                std::scoped_lock const lock(mutex);
                reasons.push_back(response.body);
                break;  // an error page ends the connection
            }
        }
    };
    std::vector<std::thread> users;
    for (std::size_t i = 0; i < threads; ++i) users.emplace_back(work);
    // Each of them is down twice, for as long as some hundred requests take.
    for (int round = 0; round < 2; ++round) {
        auto const before = served.load();
        for (std::size_t i = 0; i < dying; ++i) proxies[i].die();
        while (served + failed < before + 500 && served + failed < threads * clients * requests_of_client / 2)
            std::this_thread::yield();
        for (std::size_t i = 0; i < dying; ++i) proxies[i].come_back();
    }
    for (auto& user : users) user.join();
    RecordProperty("requests_sent_and_lost", static_cast<int>(failed));
    // What was sent is not repeated elsewhere; nothing fails for another reason.
    for (auto const& reason : reasons)
        EXPECT_THAT(reason, testing::AnyOf(testing::HasSubstr("closed the connection without a response"),
                                           testing::HasSubstr("connection reset")));
    auto const found = statistics();
    std::uint64_t retried = 0, refused = 0;
    for (auto const& upstream : found.upstreams) {
        retried += upstream.counters.retried;
        refused += upstream.counters.failed_total();
    }
    EXPECT_GT(retried, 0U);
    EXPECT_GE(refused, retried);
    expect_empty_tables();
}

TEST_F(ManyUpstreams, P82_AThousandClientsKeepTheirProxy) {
    constexpr std::size_t count = 10, clients = 1000, files_of_client = 10;
    if (!allow_files(clients * files_of_client)) GTEST_SKIP() << "the limit of open files (ulimit -Hn) is too low";
    start(count);
    std::deque<TestClient> all;
    std::vector<std::string> first;
    for (std::size_t i = 0; i < clients; ++i) {
        all.emplace_back(fixture.port());
        first.push_back(all.back().request(request).body);
    }
    EXPECT_EQ(statistics().affinities, clients);
    for (int round = 0; round < 3; ++round)
        for (std::size_t i = 0; i < clients; ++i) EXPECT_EQ(all[i].request(request).body, first[i]);
    for (auto const& proxy : proxies) EXPECT_EQ(proxy.received(), clients / count * 4);
    all.clear();
    expect_empty_tables();
}

}  // namespace
}  // namespace pathology::proxycore::proxy
