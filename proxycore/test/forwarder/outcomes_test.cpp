// What the client gets and what the backend logs, for each outcome of a request (P86).
#include <gmock/gmock.h>

#include <functional>
#include <ostream>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/origin.hpp"
#include "support/free_port.hpp"
#include "support/row_name.hpp"
#include "support/silent_address.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using pathology::test::row_name;
using proxy::test::Origin;
using test::ForwarderFixture;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char target_url[] = "http://origin.test/x";

/// Responds to each connection with these bytes.
Origin::Conduct saying(std::string bytes) {
    return [bytes](net::Stream& stream) -> boost::asio::awaitable<void> {
        co_await proxy::test::read_head(stream);
        co_await net::send(stream, bytes);
    };
}

/// Sends these bytes at once, whatever the other side sends.
Origin::Conduct greeting(std::string bytes) {
    return [bytes](net::Stream& stream) -> boost::asio::awaitable<void> { co_await net::send(stream, bytes); };
}

/// Reads the request and says nothing until the other side ends.
boost::asio::awaitable<void> say_nothing(net::Stream& stream) {
    co_await proxy::test::read_head(stream);
    co_await proxy::test::read_head(stream);
}

struct OutcomeCase {
    char const* name;
    std::string_view variables;
    std::function<void(ForwarderFixture&)> script;
    unsigned status;
    std::string_view text;  ///< in the body
    std::string_view activity;
    std::string_view fields = ForwarderFixture::bearer;
};
void PrintTo(OutcomeCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderOutcome : public testing::TestWithParam<OutcomeCase> {};

TEST_P(ForwarderOutcome, P86_a_IsThatOfTheTable) {
    auto const& row = GetParam();
    ForwarderFixture forwarder{std::string(row.variables)};
    row.script(forwarder);
    forwarder.start();
    auto const response = forwarder.get(target_url, std::string(row.fields));
    EXPECT_EQ(response.status, row.status);
    EXPECT_THAT(response.body, HasSubstr(row.text));
    EXPECT_EQ(response.head.find("WWW-Authenticate: Bearer\r\n") != response.head.npos, row.status == 401);
    EXPECT_EQ(forwarder.activity(), row.activity);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
    forwarder.fixture.proxy.stop();
    EXPECT_EQ(forwarder.backend.asked("/activity").size(), 1U);
    EXPECT_EQ(forwarder.fixture.recorder->violations(), "");
}

auto const no_script = [](ForwarderFixture&) {};

INSTANTIATE_TEST_SUITE_P(
    Refused, ForwarderOutcome,
    testing::Values(OutcomeCase{"NoToken", "", no_script, 401, "a token is required", "401 null", ""},
                    OutcomeCase{"EmptyToken", "", no_script, 401, "a token is required", "401 null",
                                "Authorization: \r\n"},
                    OutcomeCase{"TokenRejected", "", [](ForwarderFixture& f) { f.backend.respond("/proxy", 401); }, 401,
                                "rejected the token", "401 null"},
                    OutcomeCase{"LocalBlacklist", "",
                                [](ForwarderFixture& f) {
                                    f.backend.respond("/blacklist", 200, R"([{"id":1,"pattern":"ORIGIN\\.test"}])");
                                },
                                403, "blocked by the blacklist", "403 null"},
                    OutcomeCase{"BackendBlacklist", "", [](ForwarderFixture& f) { f.backend.respond("/proxy", 403); },
                                403, "blocked by the backend", "403 null"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    NoProxy, ForwarderOutcome,
    testing::Values(OutcomeCase{"None", "", no_script, 502, "no upstream proxy available", "502 null"},
                    OutcomeCase{"OtherStatus", "", [](ForwarderFixture& f) { f.backend.respond("/proxy", 500); }, 502,
                                "no upstream proxy available", "502 null"},
                    OutcomeCase{"Redirect", "", [](ForwarderFixture& f) { f.backend.respond("/proxy", 307); }, 502,
                                "no upstream proxy available", "502 null"},
                    OutcomeCase{"BadJson", "", [](ForwarderFixture& f) { f.backend.respond("/proxy", 200, "{"); }, 502,
                                "no upstream proxy available", "502 null"},
                    OutcomeCase{"NoAddress", "",
                                [](ForwarderFixture& f) { f.backend.respond("/proxy", 200, R"({"id":1})"); }, 502,
                                "no upstream proxy available", "502 null"},
                    OutcomeCase{"NotWorking", "",
                                [](ForwarderFixture& f) {
                                    f.backend.respond("/proxy", 200, R"({"id":1,"address":"a:1","is_working":false})");
                                },
                                502, "no upstream proxy available", "502 null"},
                    OutcomeCase{"TooLarge", "",
                                [](ForwarderFixture& f) { f.backend.respond("/proxy", 200, std::string(70'000, ' ')); },
                                502, "no upstream proxy available", "502 null"},
                    OutcomeCase{"Closed", "", [](ForwarderFixture& f) { f.backend.close("/proxy"); }, 502,
                                "the backend is unreachable", "502 null"},
                    OutcomeCase{"Silent", "HTTPX_TIMEOUT=0.3", [](ForwarderFixture& f) { f.backend.hang("/proxy"); },
                                504, "the backend did not respond in time", "504 null"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    ByProxy, ForwarderOutcome,
    testing::Values(
        OutcomeCase{"Answered", "", [](ForwarderFixture& f) { f.choose(f.keep<Origin>("hello").port()); }, 200, "hello",
                    "200 42"},
        OutcomeCase{"TargetsStatus", "",
                    [](ForwarderFixture& f) {
                        f.choose(f.keep<Origin>(saying("HTTP/1.1 418 No\r\nContent-Length: 2\r\n\r\nno")).port());
                    },
                    418, "no", "418 42"},
        OutcomeCase{
            "RedirectIsNotFollowed", "",
            [](ForwarderFixture& f) {
                f.choose(f.keep<Origin>(saying("HTTP/1.1 302 F\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")).port());
            },
            302, "", "302 42"},
        OutcomeCase{"Refused", "", [](ForwarderFixture& f) { f.choose(pathology::test::free_port()); }, 502, "",
                    "502 42"},
        OutcomeCase{"Reset", "", [](ForwarderFixture& f) { f.choose(f.keep<Origin>(saying("")).port()); }, 502, "",
                    "502 42"},
        OutcomeCase{"WantsCredentials", "",
                    [](ForwarderFixture& f) {
                        f.choose(f.keep<Origin>(saying("HTTP/1.1 407 P\r\nProxy-Authenticate: Basic\r\n"
                                                       "Content-Length: 3\r\n\r\nwho"))
                                     .port());
                    },
                    502, "the upstream proxy refused the request: 407", "502 42"},
        OutcomeCase{"NoTls", "",
                    [](ForwarderFixture& f) { f.choose(f.keep<Origin>(greeting("no TLS\r\n")).port(), "https"); }, 502,
                    "", "502 42"},
        OutcomeCase{"NoSocks", "",
                    [](ForwarderFixture& f) { f.choose(f.keep<Origin>(greeting("no SOCKS\r\n")).port(), "socks5"); },
                    502, "", "502 42"},
        OutcomeCase{"SilentTarget", "HTTPX_TIMEOUT=1",
                    [](ForwarderFixture& f) { f.choose(f.keep<Origin>(say_nothing).port()); }, 504, "", "504 42"},
        OutcomeCase{"SilentSocks", "HTTPX_TIMEOUT=1",
                    [](ForwarderFixture& f) { f.choose(f.keep<Origin>(say_nothing).port(), "socks5"); }, 504, "",
                    "504 42"},
        OutcomeCase{"SilentTls", "HTTPX_TIMEOUT=1",
                    [](ForwarderFixture& f) { f.choose(f.keep<Origin>(say_nothing).port(), "https"); }, 504, "",
                    "504 42"},
        OutcomeCase{"NoTcpHandshake", "HTTPX_TIMEOUT=1",
                    [](ForwarderFixture& f) { f.choose(f.keep<pathology::test::SilentAddress>().port()); }, 504, "",
                    "504 42"}),
    row_name);

TEST(ForwarderBackend, P86_a_ThatIsDownIs502) {
    ForwarderFixture forwarder("FASTAPI_BASE_URL=http://127.0.0.1:" + std::to_string(pathology::test::free_port()));
    forwarder.start();
    EXPECT_TRUE(
        forwarder.fixture.wait_for_log("warn: addon forwarder: the blacklist cannot be refreshed, no URL is blocked"));
    auto const response = forwarder.get(target_url);
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("the backend is unreachable"));
}

/// The body of 407 is streamed, as any large one; the status is 502 all the same.
TEST(ForwarderOutcomes, P86_a_ALarge407Is502) {
    std::string const body(2 << 20, 'x');
    Origin const upstream(
        saying("HTTP/1.1 407 P\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.start();
    EXPECT_EQ(forwarder.get(target_url).status, 502U);
    EXPECT_EQ(forwarder.activity(), "502 42");
}

/// The client left before there was a response.
TEST(ForwarderOutcomes, P89_b_AClientThatLeavesIsLoggedAs499) {
    Origin const upstream(say_nothing);
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.start();
    {
        test::TestClient client(forwarder.port());
        client.send(test::get_of(target_url));
        EXPECT_TRUE(forwarder.fixture.recorder->wait_for("server_connected"));
        client.close(net::CloseMode::reset);
    }
    EXPECT_EQ(forwarder.activity(), "499 42");
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
}

TEST(ForwarderOutcomes, P89_b_AKilledFlowReleasesItsSlot) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) { flow.kill(flow::Time{}); };
    forwarder.start();
    EXPECT_EQ(forwarder.get(target_url).status, 0U);
    EXPECT_EQ(forwarder.activities(1).size(), 1U);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
}

TEST(ForwarderOutcomes, P89_b_EachRequestIsLoggedOnce) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.start();
    test::TestClient client(forwarder.port());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.request(test::get_of(target_url)).status, 200U);
    EXPECT_EQ(client.request(test::get_of(target_url, "")).status, 401U);
    EXPECT_EQ(client.request("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").status, 400U);
    forwarder.activities(5);
    forwarder.fixture.proxy.stop();
    std::vector<int> statuses;
    for (auto const& activity : forwarder.activities(5)) statuses.push_back(activity["status_code"].get<int>());
    EXPECT_THAT(statuses, UnorderedElementsAre(200, 200, 200, 400, 401));  // they are posted over several connections
}

TEST(ForwarderOutcomes, P86_a_TheOnboardingSiteNeedsNoTokenAndIsNotLogged) {
    ForwarderFixture forwarder;
    forwarder.start();
    auto const response = forwarder.get("http://mitm.it/cert/pem", "");
    EXPECT_EQ(response.status, 200U);
    EXPECT_THAT(response.body, HasSubstr("BEGIN CERTIFICATE"));
    forwarder.fixture.proxy.stop();
    EXPECT_THAT(forwarder.backend.asked("/activity"), IsEmpty());
    EXPECT_THAT(forwarder.backend.asked("/proxy"), IsEmpty());
}

/// Bytes that are no requests have no user whom the backend could know.
TEST(ForwarderOutcomes, P86_a_OtherBytesAreNotForwarded) {
    Origin const target("hello");
    ForwarderFixture forwarder;
    forwarder.fixture.set("ignore_hosts=.");
    forwarder.start();
    test::TestClient client(forwarder.port());
    EXPECT_EQ(client.request("CONNECT " + target.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(target.accepted(), 0U);
    EXPECT_TRUE(forwarder.fixture.wait_for_log("403 Forbidden"));
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
