// The daemon over HTTP/2: streams beside each other, windows, how connections begin and end, and what is logged.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "support/client.hpp"
#include "support/http2_client.hpp"
#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace proxycore::http2::test;
using namespace test;
using proxycore::http2::ErrorCode;
using proxycore::http2::FrameType;
using proxycore::http2::SettingId;
using proxycore::record::Exchange;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto patience = 20s;

// --- time and turns --------------------------------------------------------------------------------------------------

TEST(Http2Daemon, LetsOthersContinueWhileAResponsePausesBetweenFrames) {
    RunningHttp2 running;
    Client client(running.daemon.port());
    client.send(hello() + request(1, "/p/200:b'abc':p13,f") + request(3, "/p/201"));
    std::string all;
    while (reported(all).find("HEADERS 3") == std::string::npos) {
        auto const more = client.read(1);
        ASSERT_FALSE(more.empty()) << reported(all);
        all += more;
    }
    EXPECT_EQ(reported(all), abc_head + other);
    running.daemon.stop();
    EXPECT_EQ(reported(client.read_to_end()), "GOAWAY 3 NO_ERROR\n");
}

TEST(Http2Daemon, HoldsTheWireWhileAResponsePausesInsideAFrame) {
    RunningHttp2 running;
    auto const in_data = running.ask(request(1, "/p/200:b'abc':p15,1") + request(3, "/p/201"));
    EXPECT_EQ(in_data, abc + other);
    auto const between = running.ask(request(1, "/p/200:b'abc':p13,1") + request(3, "/p/201"));
    EXPECT_EQ(between,
              "HEADERS 1 :status=200 content-length=3\nHEADERS 3 END_STREAM :status=201 content-length=0\nDATA 1 "
              "END_STREAM 'abc'\n");
}

TEST(Http2Daemon, ObeysTheWindowInResponsesWithActions) {
    RunningHttp2 running;
    Client client(running.daemon.port());
    auto const small = settings(setting(SettingId::initial_window_size, 2));
    client.send(std::string(proxycore::http2::client_preface) + small + request(1, "/p/200:b'abc':pa,0") +
                request(3, "/p/201"));
    std::string all;
    while (reported(all).find("HEADERS 3") == std::string::npos) all += client.read(1);
    EXPECT_EQ(by_stream(reported(all)),
              (std::vector<std::string>{"HEADERS 1 :status=200 content-length=3", "DATA 1 'ab'",
                                        "HEADERS 3 END_STREAM :status=201 content-length=0"}));
    client.send(window_update(1, 1));
    EXPECT_EQ(reported(client.half_close().read_to_end()), "DATA 1 END_STREAM 'c'\n");
}

/// The client's windows, and what it gets in turn; `:pa,0` makes a response one that is played.
TEST(Http2Daemon, C17_SendsWhatTheWindowsAllow) {
    struct Row {
        std::string_view spec;
        std::uint32_t window;
        std::string_view first;
        std::uint32_t more;
        std::string_view second, rest;
    };
    std::string_view const head = "HEADERS 1 :status=200 content-length=5\n";
    for (std::string_view const spec : {"/p/200:b'abcde'", "/p/200:b'abcde':pa,0", "/p/200:b'abcde':p2,0"}) {
        for (auto const& row : {Row{spec, 0, "", 1, "DATA 1 'a'\n", "DATA 1 END_STREAM 'bcde'\n"},
                                Row{spec, 1, "DATA 1 'a'\n", 2, "DATA 1 'bc'\n", "DATA 1 END_STREAM 'de'\n"},
                                Row{spec, 4, "DATA 1 'abcd'\n", 0, "", "DATA 1 END_STREAM 'e'\n"}}) {
            RunningHttp2 running;
            Client client(running.daemon.port());
            client.send(std::string(proxycore::http2::client_preface) +
                        settings(setting(SettingId::initial_window_size, row.window)) + request(1, row.spec));
            auto const read_up_to = [&](std::string const& expected) {
                std::string all;
                while (reported(all) != expected) {
                    auto const more = client.read(1);
                    all += more;
                    if (more.empty()) break;  // nothing has come for too long
                }
                EXPECT_EQ(reported(all), expected) << row.spec << " with a window of " << row.window;
            };
            read_up_to(std::string(head) + std::string(row.first));
            if (row.more > 0) client.send(window_update(1, row.more));
            read_up_to(std::string(row.second));
            client.send(window_update(1, 100));
            EXPECT_EQ(reported(client.half_close().read_to_end()), row.rest) << row.spec;
        }
    }
}

TEST(Http2Daemon, CarriesBigBodiesBothWays) {
    RunningHttp2 running;
    Client client(running.daemon.port());
    client.send(hello() + settings("", flag::ack) + window_update(0, 1U << 24U) +
                request(1, "/p/200:b@3m", "POST", flag::end_headers) + window_update(1, 1U << 24U));
    for (int i = 0; i < 100; ++i) client.send(data(1, std::string(10'000, 'x')));
    client.send(data(1, "", flag::end_stream));
    auto const wire = client.half_close().read_to_end();
    EXPECT_GT(wire.size(), 3U << 20U);
    EXPECT_THAT(reported(wire), EndsWith("'\n"));
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.request->body_size, 1'000'000U);
    EXPECT_EQ(entry.response->body_size, 3U << 20U);
    EXPECT_GT(entry.response->bytes_written, 3U << 20U);
}

TEST(Http2Daemon, SendsTheSameForTheSameSeed) {
    auto const once = [] {
        return RunningHttp2({.seed = 7})
            .ask(request(1, "/p/200:b@100,ascii_letters") + request(3, "/p/200:b@20:ir,@3"));
    };
    EXPECT_EQ(once(), once());
}

TEST(Http2Daemon, LetsAClientContinueThatExpectsIt) {
    RunningHttp2 running;
    auto const fields = block({{":method", "POST"},
                               {":scheme", "http"},
                               {":path", "/p/200"},
                               {":authority", "x"},
                               {"expect", "100-continue"}});
    EXPECT_THAT(running.ask(headers(1, std::string_view(fields), flag::end_headers) + data(1, "x", flag::end_stream)),
                StartsWith("HEADERS 1 :status=100\nHEADERS 1 END_STREAM :status=200"));
}

// --- how it begins and ends ------------------------------------------------------------------------------------------

TEST(Http2Daemon, UpgradesAClientThatAsks) {
    RunningHttp2 running;
    auto const response_text =
        Client(running.daemon.port())
            .ask(
                "GET /p/200:b'abc' HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" +
                hello() + request(3, "/p/201"));
    constexpr std::string_view switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    ASSERT_THAT(response_text, StartsWith(std::string(switching)));
    EXPECT_EQ(reported(std::string_view(response_text).substr(switching.size())), abc_head + other + abc_body);
}

TEST(Http2Daemon, ServesInsideATunnel) {
    DaemonOptions options;
    options.tls.in_tunnels = InTunnels::plain;
    RunningHttp2 running(options);
    auto const response_text =
        Client(running.daemon.port()).ask("CONNECT x:80 HTTP/1.1\r\n\r\n" + hello() + request(1, "/p/200:b'abc'"));
    auto const begin = response_text.find("\r\n\r\n") + 4;
    EXPECT_EQ(reported(std::string_view(response_text).substr(begin)), abc);
}

TEST(Http2Daemon, DisablesHttp2ByOption) {
    RunningHttp2 running({.http2 = false});
    Client(running.daemon.port()).ask(hello());
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.protocol, "http");
    EXPECT_EQ(entry.request->method, "PRI");
}

struct GivenWindowCase {
    std::string_view name;
    DaemonOptions options;
    std::uint32_t window;  // of a stream
    bool updates;
};
void PrintTo(GivenWindowCase const& row, std::ostream* out) { *out << row.name; }
class Http2DaemonWindow : public testing::TestWithParam<GivenWindowCase> {};

/// The uploads are more than half of the window that each connection begins with, so they would get a WINDOW_UPDATE.
TEST_P(Http2DaemonWindow, IsThatOfItsOptions) {
    auto const part = data(1, std::string(16000, 'x'));
    auto const padded = data(1, '\xff' + std::string(16000, '\0'), flag::padded);
    auto const begun = request(1, "/p/200", "POST", flag::end_headers);
    for (auto const& upload :
         {begun + part + part + part, begun + part + part + part + data(1, "", flag::end_stream),
          begun + padded + padded + padded, begun + part + part + part + rst_stream(1, ErrorCode::cancel)}) {
        RunningHttp2 running(GetParam().options);
        auto const wire = Client(running.daemon.port()).ask(hello() + upload + request(3, "/p/201"));
        EXPECT_THAT(reported(wire), HasSubstr("HEADERS 3 END_STREAM :status=201"));
        EXPECT_THAT(wire, HasSubstr(setting(SettingId::initial_window_size, GetParam().window)));
        EXPECT_EQ(lines(wire).find("WINDOW_UPDATE") != std::string::npos, GetParam().updates) << lines(upload);
    }
}

INSTANTIATE_TEST_SUITE_P(Options, Http2DaemonWindow,
                         testing::Values(GivenWindowCase{"Usual", {}, 1U << 20U, true},
                                         GivenWindowCase{"Small", {.http2_window = 5}, 5, true},
                                         GivenWindowCase{
                                             "WithoutUpdates", {.http2_window_updates = false}, 1U << 20U, false}),
                         pathology::test::row_name);

TEST(Http2Daemon, GoesAwayFromASilentClient) {
    RunningHttp2 running({.time_limit = 1s});
    Client client(running.daemon.port());
    client.send(hello());
    EXPECT_EQ(reported(client.read_to_end()), "GOAWAY 0 NO_ERROR\n");
    EXPECT_EQ(running.daemon.log().wait_for(1, patience).value().front().type, Exchange::Type::timeout);
}

TEST(Http2Daemon, DoesNotCallAPauseSilence) {
    RunningHttp2 running({.time_limit = 1s});
    EXPECT_EQ(running.ask(request(1, "/p/200:b'abc':p0,2")), abc);
}

TEST(Http2Daemon, ReportsWhatAClientDidWrong) {
    RunningHttp2 running;
    EXPECT_EQ(running.ask(data(0, "x")), "GOAWAY 0 PROTOCOL_ERROR\n");
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.type, Exchange::Type::error);
    EXPECT_THAT(entry.message, HasSubstr("stream_id == 0 (PROTOCOL_ERROR)"));
}

TEST(Http2Daemon, EndsARapidReset) {
    RunningHttp2 running({.log_capacity = 5000});
    std::string resets;
    for (std::uint32_t stream = 1; stream < 4000; stream += 2)
        resets += request(stream, "/p/200:p0,f") + rst_stream(stream, ErrorCode::cancel);
    EXPECT_THAT(running.ask(resets), HasSubstr(" ENHANCE_YOUR_CALM\n"));
    Exchange entry;
    for (std::uint64_t id = 0; !entry.message.starts_with("Bad HTTP/2: "); ++id)
        entry = running.daemon.log().wait_from(id, patience).value();
    EXPECT_EQ(entry.message,
              "Bad HTTP/2: the client resets streams too often: more than 1000 at once and 33 a second "
              "(ENHANCE_YOUR_CALM)");
}

TEST(Http2Daemon, ReportsAnInvalidRequest) {
    RunningHttp2 running;
    EXPECT_EQ(running.ask(headers(1, {{":method", "GET"}, {":path", "/"}}) + request(3, "/p/201")),
              "RST_STREAM 1 PROTOCOL_ERROR\nHEADERS 3 END_STREAM :status=201 content-length=0\n");
    auto const entries = running.daemon.log().wait_for(2, patience).value();
    auto const of_error = entries[0].type == Exchange::Type::error ? entries[0] : entries[1];
    EXPECT_THAT(of_error.message, HasSubstr("Bad HTTP/2 request: stream 1 reset: PROTOCOL_ERROR"));
}

// --- what is noted ---------------------------------------------------------------------------------------------------

TEST(Http2Daemon, LogsAnExchangeWithItsFrames) {
    RunningHttp2 running({.show_requests = true, .show_responses = true});
    running.ask(request(1, "/p/200:b'abc'", "POST", flag::end_headers) + data(1, "hi", flag::end_stream) +
                ping("12345678") + request(3, "/p/201"));
    auto const entries = running.daemon.log().wait_for(2, patience).value();
    auto const& first = entries[0].request->stream == 1U ? entries[0] : entries[1];
    auto const& second = entries[0].request->stream == 1U ? entries[1] : entries[0];
    EXPECT_EQ(first.protocol, "http2");
    EXPECT_EQ(first.request->http_version, "HTTP/2.0");
    EXPECT_EQ(first.request->path, "/p/200:b'abc'");
    EXPECT_EQ(first.request->body, "hi");
    EXPECT_EQ(first.request->raw,
              request(1, "/p/200:b'abc'", "POST", flag::end_headers) + data(1, "hi", flag::end_stream));
    EXPECT_EQ(first.request->headers,
              (proxycore::http::Fields{
                  {":method", "POST"}, {":scheme", "http"}, {":authority", "x"}, {":path", "/p/200:b'abc'"}}));
    EXPECT_EQ(first.request->index, 0U);
    auto const types = [](Exchange const& entry) {
        std::string all;
        for (auto const& header : entry.request->frames) all += name(FrameType{header.type}) + " ";
        return all;
    };
    EXPECT_EQ(types(first), "SETTINGS HEADERS DATA ");
    EXPECT_EQ(types(second), "PING HEADERS ");
    EXPECT_EQ(first.response->status_code, "200");
    EXPECT_EQ(first.response->version, "HTTP/2.0");
    EXPECT_EQ(reported(first.response->raw), abc);
    EXPECT_EQ(first.response->bytes_written, first.response->raw.size());
    EXPECT_TRUE(first.finished);
    EXPECT_EQ(second.request->index, 1U);
}

TEST(Http2Daemon, LogsThatTheClientResetAStream) {
    RunningHttp2 running;
    running.ask(request(1, "/p/200:b@1m") + rst_stream(1, ErrorCode::cancel));
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.message, "stream 1 reset by the client: CANCEL");
}

TEST(Http2Daemon, EndsAnActWhoseStreamWasReset) {
    RunningHttp2 running;
    Client client(running.daemon.port());
    client.send(hello() + request(1, "/p/200:b'abc':p13,f"));
    EXPECT_TRUE(running.daemon.log().wait_for(1, patience).has_value());  // it pauses, so it is noted before its end
    client.send(rst_stream(1, ErrorCode::cancel) + request(3, "/p/201"));
    EXPECT_THAT(reported(client.half_close().read_to_end()), EndsWith(other));
    auto const entry = running.daemon.log().entries().front();
    EXPECT_EQ(entry.message, "stream 1 reset by the client: CANCEL");
    EXPECT_TRUE(entry.finished);
}

TEST(Http2Daemon, LogsAPauseThatIsStopped) {
    RunningHttp2 running;
    Client client(running.daemon.port());
    client.send(hello() + request(1, "/p/200:b'abc':pa,f"));
    EXPECT_FALSE(running.daemon.log().wait_for(1, patience).value().front().finished);
    running.daemon.stop();
    EXPECT_FALSE(running.daemon.log().entries().front().finished);
}

}  // namespace
}  // namespace pathology::pathod
