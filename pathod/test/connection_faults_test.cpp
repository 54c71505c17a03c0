// Faults of connections themselves: what is sent when they are accepted, late acceptance, small buffers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <string>
#include <string_view>

#include "support/client.hpp"
#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using pathology::test::row_name;
using test::Client;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view banner = "HTTP/1.1 220 \r\n\r\n";

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

DaemonOptions with_message(std::string spec) {
    DaemonOptions options;
    options.on_accept = std::move(spec);
    return options;
}

TEST(OnAccept, SendsAnyBytesInAnyNumberOfMessages) {
    Daemon daemon(with_message("raw:'220 hi\\r\\n' raw:'X':p0,1ms"));
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.read(9), "220 hi\r\nX");
    EXPECT_EQ(client.ask(get("/p/200:r")), "HTTP/1.1 200 OK\r\n\r\n");
}

TEST(OnAccept, SendsAMessageAndServesOn) {
    Daemon daemon(with_message("220:r:m''"));
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.read(banner.size()), banner) << "before the client has sent anything";
    EXPECT_EQ(client.ask(get("/p/200:r:b'hi'")), "HTTP/1.1 200 OK\r\n\r\nhi");
}

struct EndingRow {
    std::string_view name, spec, received;
};
class OnAcceptEnding : public testing::TestWithParam<EndingRow> {};

TEST_P(OnAcceptEnding, EndsTheConnection) {
    Daemon daemon(with_message(std::string(GetParam().spec)));
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.read_to_end(), GetParam().received);
    EXPECT_TRUE(daemon.wait_until_idle(20s));
}

INSTANTIATE_TEST_SUITE_P(All, OnAcceptEnding,
                         testing::Values(EndingRow{"Cut", "200:r:d5", "HTTP/"}, EndingRow{"Close", "200:r:d0", ""},
                                         EndingRow{"Reset", "200:r:d0,rst", "[error]"},
                                         EndingRow{"ResetBehindBytes", "200:r:d5,rst", "HTTP/[error]"}),
                         row_name);

TEST(OnAccept, MayHoldTheConnection) {
    auto options = with_message("200:r:d5,hold");
    options.receive_buffer = 4096;
    Daemon daemon(options);
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.read(5), "HTTP/");
    EXPECT_LT(client.send_until_full(), 16U << 20U) << "the window of the daemon has closed";
    client.reset();  // an end in order would wait behind the bytes that the daemon does not take
    EXPECT_TRUE(daemon.wait_until_idle(20s));
}

TEST(OnAccept, HalfAClosedConnectionGetsNoResponse) {
    Daemon daemon(with_message("200:r:d5,half"));
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.ask(get("/p/200")), "HTTP/");
}

TEST(OnAccept, PrecedesTls) {
    auto options = with_message("220:r:m''");
    options.tls.serve = true;
    Daemon daemon(options);
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.read(banner.size()), banner);
}

TEST(OnAccept, LeavesTheRandomBytesOfRequestsAlone) {
    auto const body_of = [](std::optional<std::string> message) {
        DaemonOptions options;
        options.seed = 7;
        options.on_accept = std::move(message);
        Daemon daemon(options);
        daemon.start().value();
        auto const all = Client(daemon.port()).ask(get("/p/200:r:b@20,digits"));
        return all.substr(all.size() - 20);
    };
    EXPECT_EQ(body_of(std::nullopt), body_of("220:r:m@10,digits"));
}

TEST(OnAccept, IsRandomForEachConnection) {
    auto options = with_message("220:r:m@20,digits:da");
    options.seed = 7;
    Daemon daemon(options);
    daemon.start().value();
    auto const first = Client(daemon.port()).read_to_end();
    auto const second = Client(daemon.port()).read_to_end();
    EXPECT_NE(first, second);
}

TEST(OnAccept, IsLoggedWithoutARequest) {
    Daemon daemon(with_message("220:r:m'':da"));
    daemon.start().value();
    EXPECT_EQ(Client(daemon.port()).read_to_end(), banner);
    auto const entry = daemon.log().take(20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->protocol, "tcp");
    EXPECT_FALSE(entry->request);
    ASSERT_TRUE(entry->response);
    EXPECT_EQ(entry->response->status_code, "220");
    EXPECT_EQ(entry->response->bytes_written, banner.size());
    EXPECT_TRUE(entry->finished);
}

TEST(OnAccept, IsLoggedBeforeItsEndIfItHolds) {
    Daemon daemon(with_message("220:r:d5,hold"));
    daemon.start().value();
    Client const client(daemon.port());
    auto const entry = daemon.log().take(20s);
    ASSERT_TRUE(entry);
    EXPECT_FALSE(entry->finished);
}

TEST(OnAccept, HasTheTimesOfTheMessage) {
    auto options = with_message("220:r:m'':p0,50ms:da");
    Daemon daemon(options);
    daemon.start().value();
    EXPECT_EQ(Client(daemon.port()).read_to_end(), banner);
    auto const end = std::chrono::system_clock::now();
    EXPECT_TRUE(daemon.wait_until_idle(20s));
    auto const entry = daemon.log().entries().front();
    EXPECT_LE(entry.started, end - 50ms);
    EXPECT_GE(entry.duration, 50ms);
}

std::string printed(DaemonOptions options) {
    std::string out, err;
    proxycore::console::Console console(out, err);
    Daemon daemon(std::move(options), &console);
    daemon.start().value();
    Client(daemon.port()).read_to_end();
    EXPECT_TRUE(daemon.wait_until_idle(20s));
    daemon.stop();
    return test::without_port(out);
}

TEST(OnAccept, IsPrintedAsABlock) {
    auto options = with_message("220:r:m'':b@3,digits:da");
    options.timestamps = false;
    options.seed = 1;
    EXPECT_EQ(printed(options), "crafting spec: 220:r:m'':b@3,digits:da\nfrom CLIENT: on accept\n");
    options.explain = options.show_responses = true;
    auto const all = printed(options);
    EXPECT_THAT(all, HasSubstr("\n>> Spec: 220:r:m'':b'"));
    EXPECT_THAT(all, HasSubstr("\nBytes written:\n"));
}

TEST(OnAccept, IsPrintedAsJson) {
    auto options = with_message("220:r:da");
    options.json = true;
    auto const line = printed(options);
    EXPECT_THAT(line, StartsWith(R"({"id":0,"type":"crafted","protocol":"tcp",)"));
    EXPECT_THAT(line, HasSubstr(R"("spec":"220:r:d)"));
    EXPECT_THAT(line, Not(HasSubstr(R"("request")")));
}

struct RefusedRow {
    std::string_view name;
    DaemonOptions options;
    std::string_view message;
};
void PrintTo(RefusedRow const& row, std::ostream* out) { *out << row.name; }
class RefusedOption : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedOption, IsNamedAtTheStart) {
    auto const started = Daemon(GetParam().options).start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, proxycore::console::ExitCode::usage);
    EXPECT_THAT(started.error().message, StartsWith(std::string(GetParam().message)));
}

DaemonOptions forbidding(std::string spec, bool nohang, std::optional<std::uint64_t> size_limit) {
    auto options = with_message(std::move(spec));
    options.nohang = nohang;
    options.size_limit = size_limit;
    return options;
}

DaemonOptions delayed(std::string time) {
    DaemonOptions options;
    options.accept_delay = std::move(time);
    return options;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedOption,
    testing::Values(
        RefusedRow{"Syntax", with_message("200:z"), "--on-accept: invalid spec\nspec:1:5: expected a response feature"},
        RefusedRow{"Place", with_message("200:whead"), "--on-accept: the spec has a place in a request (w)"},
        RefusedRow{"Handshake", with_message("ws"), "--on-accept: invalid spec\nspec:1:"},
        RefusedRow{"MissingFile", with_message("200:b</no/such/file"), "--on-accept: invalid spec\nspec:1:"},
        RefusedRow{"Pause", forbidding("200:p0,f", true, {}), "--on-accept: the spec pauses, which --nohang forbids"},
        RefusedRow{"Size", forbidding("200:b@1k", false, 100),
                   "--on-accept: the message has more bytes than --limit-size allows"},
        RefusedRow{"Delay", delayed("soon"), "--accept-delay: invalid time\ntime:1:1: expected a time"},
        RefusedRow{"DelayRange", delayed("3-1"),
                   "--accept-delay: invalid time\ntime:1:3: a range of times begins with the shorter one"}),
    row_name);

TEST(AcceptDelay, ServesLate) {
    Daemon daemon(delayed("200ms"));
    daemon.start().value();
    auto const begun = std::chrono::steady_clock::now();
    EXPECT_EQ(Client(daemon.port()).ask(get("/p/200:r")), "HTTP/1.1 200 OK\r\n\r\n");
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 200ms);
}

TEST(AcceptDelay, ForEverServesNobody) {
    Daemon daemon(delayed("f"));
    daemon.start().value();
    Client client(daemon.port());
    client.send(get("/p/200"));
    EXPECT_EQ(daemon.connections(), 0U);
    daemon.stop();
    EXPECT_EQ(daemon.log().count(), 0U);
}

TEST(Refusing, HasAPortWithoutAListener) {
    DaemonOptions options;
    options.listening = Listening::refuse;
    Daemon daemon(options);
    daemon.start().value();
    EXPECT_NE(daemon.port(), 0);
    EXPECT_ANY_THROW(Client(daemon.port()));
}

}  // namespace
}  // namespace pathology::pathod
