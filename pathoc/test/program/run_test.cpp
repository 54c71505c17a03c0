// pathoc from its command line on, against servers that response in every good and bad way.
#include "program/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/invoke.hpp"
#include "support/row_name.hpp"
#include "support/scripted_server.hpp"

namespace pathology::pathoc::test {
namespace {

using pathology::test::row_name;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;
using testing::StartsWith;

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

Outcome against(ScriptedServer const& server, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--no-timestamp", "-p", std::to_string(server.port()), "127.0.0.1"});
    return invoke(std::move(arguments));
}

// --- one request, every kind of reply --------------------------------------------------------------------------------

struct ResponseCase {
    std::string_view name, spec, response;
    Then then;
    std::string_view line;  // what stands under the `>>` line
    int status;
};
class ReportedResponse : public testing::TestWithParam<ResponseCase> {};

TEST_P(ReportedResponse, IsReportedInOneLine) {
    auto const& [name, spec, response, then, line, status] = GetParam();
    ScriptedServer const server({std::string(response)}, then);
    auto const outcome = against(server, {"-t", "0.2", std::string(spec)});
    auto const second = outcome.out.substr(outcome.out.find('\n') + 1);
    EXPECT_THAT(outcome.out, StartsWith(">> "));
    EXPECT_EQ(second, std::string(line) + "\n");
    EXPECT_EQ(outcome.status, status);
}

INSTANTIATE_TEST_SUITE_P(
    Good, ReportedResponse,
    testing::Values(
        ResponseCase{"Length", "get:/", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Then::stay,
                     "<< 200 OK: 2 bytes", 0},
        ResponseCase{"Chunked", "get:/", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                     Then::stay, "<< 200 OK: 2 bytes", 0},
        ResponseCase{"UntilClose", "get:/", "HTTP/1.1 200 OK\r\n\r\nhello", Then::close, "<< 200 OK: 5 bytes", 0},
        ResponseCase{"Http10", "get:/", "HTTP/1.0 404 Not Found\r\n\r\n", Then::close, "<< 404 Not Found: 0 bytes", 0},
        ResponseCase{"NoReason", "get:/", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", Then::stay, "<< 200 : 0 bytes",
                     0},
        ResponseCase{"OddStatus", "get:/", "HTTP/1.1 800 Craft\r\nContent-Length: 0\r\n\r\n", Then::stay,
                     "<< 800 Craft: 0 bytes", 0},
        ResponseCase{"BareLineFeeds", "get:/", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", Then::stay,
                     "<< 200 OK: 2 bytes", 0},
        ResponseCase{"ControlInReason", "get:/", "HTTP/1.1 200 O\tK\r\nContent-Length: 0\r\n\r\n", Then::stay,
                     "<< 200 O\\tK: 0 bytes", 0},
        ResponseCase{"InterimFirst", "get:/",
                     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", Then::stay,
                     "<< 201 Made: 0 bytes", 0},
        ResponseCase{"Head", "head:/", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", Then::stay,
                     "<< 200 OK: 0 bytes", 0},
        ResponseCase{"NoContent", "get:/", "HTTP/1.1 204 No Content\r\n\r\n", Then::stay, "<< 204 No Content: 0 bytes",
                     0},
        ResponseCase{"NotModified", "get:/", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", Then::stay,
                     "<< 304 Not Modified: 0 bytes", 0},
        ResponseCase{"ConnectMethod", "connect:'a:1'", "HTTP/1.1 200 Yes\r\nContent-Length: 9\r\n\r\n", Then::stay,
                     "<< 200 Yes: 0 bytes", 0},
        ResponseCase{"SwitchWithoutFrames", "ws:/", "HTTP/1.1 101 Switching Protocols\r\n\r\n", Then::close,
                     "<< 101 Switching Protocols: 0 bytes\nBad handshake: no Upgrade", 0},
        ResponseCase{"ClosedBySpec", "get:/:d6", "", Then::close, "Disconnected by the spec after 6 bytes", 0}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Broken, ReportedResponse,
    testing::Values(
        ResponseCase{"Nothing", "get:/", "", Then::close, "Invalid server response: Server disconnected", 1},
        ResponseCase{"HTT", "get:/", "HTT", Then::close,
                     "Invalid server response: bad status line \"HTT\" at byte 0: unexpected end, 3 bytes read", 1},
        ResponseCase{"NoStatusLine", "get:/", "hello there\r\n\r\n", Then::stay,
                     "Invalid server response: bad status line \"hello there\" at byte 0", 1},
        ResponseCase{"BadVersion", "get:/", "xHTTP/1.1 200 OK\r\n\r\n", Then::stay,
                     "Invalid server response: bad status line \"xHTTP/1.1 200 OK\" at byte 0", 1},
        ResponseCase{"TruncatedHead", "get:/", "HTTP/1.1 200 OK\r\nContent-", Then::close,
                     "Invalid server response: unexpected end inside the header: 25 bytes read", 1},
        ResponseCase{"TruncatedBody", "get:/", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n123", Then::close,
                     "Invalid server response: unexpected end inside the body: 3 of 100 bytes", 1},
        ResponseCase{"BadLength", "get:/", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", Then::stay,
                     "Invalid server response: bad Content-Length \"x\" at byte 17", 1},
        ResponseCase{"BadHeader", "get:/", "HTTP/1.1 200 OK\r\nbad header\r\n\r\n", Then::stay,
                     "Invalid server response: bad header line \"bad header\" at byte 17", 1},
        ResponseCase{"BadChunk", "get:/", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Then::stay,
                     "Invalid server response: bad chunk line \"zz\" at byte 47", 1},
        ResponseCase{"C7_BareLineFeedInAChunkLine", "get:/",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n", Then::stay,
                     "Invalid server response: line ends without a carriage return \"2\" at byte 47", 1},
        ResponseCase{"C7_BareLineFeedInATrailer", "get:/",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: 1\n\r\n", Then::stay,
                     "Invalid server response: line ends without a carriage return \"T: 1\" at byte 50", 1},
        ResponseCase{"TruncatedChunks", "get:/", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                     Then::close, "Invalid server response: unexpected end inside the chunked body: 3 bytes read", 1},
        ResponseCase{"Silence", "get:/", "", Then::stay, "Timeout", 1},
        ResponseCase{"SilenceInBody", "get:/", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", Then::stay, "Timeout",
                     1}),
    row_name);

constexpr std::string_view held = "Timeout: the spec holds the connection, and the server did not end it in time";
constexpr std::string_view paused =
    "Timeout: the spec pauses for ever, and the server neither responded nor ended the connection in time";

INSTANTIATE_TEST_SUITE_P(
    Endless, ReportedResponse,
    testing::Values(ResponseCase{"Hold", "get:/:da,hold", ok, Then::stay, held, 1},
                    ResponseCase{"HoldInside", "get:/:d6,hold", "", Then::stay, held, 1},
                    ResponseCase{"HoldEndedByTheServer", "get:/:da,hold", "", Then::close,
                                 "Disconnected by the spec after 35 bytes", 0},
                    ResponseCase{"PauseForEver", "get:/:p6,f", "", Then::stay, paused, 1},
                    ResponseCase{"PauseForEverBehindTheRequest", "get:/:pa,f", ok, Then::stay, "<< 200 OK: 2 bytes", 0},
                    ResponseCase{"LongerPause", "get:/:p6,500ms", ok, Then::stay, "<< 200 OK: 2 bytes", 0}),
    row_name);

TEST(Run, GivesUpAHeldConnectionAlsoIfTimeoutsAreIgnored) {
    ScriptedServer const server({ok, ok}, Then::stay);
    auto const outcome = against(server, {"-t", "0.1", "-T", "get:/:d3,hold", "get:/b"});
    EXPECT_EQ(outcome.out, ">> 'GET':/:d3,hold\n" + std::string(held) + " (ignored)\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, LimitsAFrameThatHoldsTheConnection) {
    ScriptedServer const server({}, Then::stay);
    auto const outcome = against(server, {"-t", "0.1", "wf:b'hi':d2,hold"});
    EXPECT_THAT(outcome.err, HasSubstr(std::string(held) + "\n"));
    EXPECT_EQ(outcome.status, 1);
}

TEST(Run, ReadsTheResponseOfAServerThatStopsReading) {
    std::string const response = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    for (auto const then : {Then::stay, Then::reset}) {
        ScriptedServer const server({response}, then);
        auto const outcome = against(server, {"-t", "10", "post:/:b@200m"});
        EXPECT_EQ(outcome.out, ">> 'POST':/:b@200m\n<< 413 Too Large: 0 bytes\n");
        EXPECT_EQ(outcome.status, 0);
    }
}

TEST(Run, ReportsBytesSentWhenTheServerDisconnects) {
    ScriptedServer const server({""}, Then::reset);
    auto const outcome = against(server, {"-t", "10", "post:/:b@200m"});
    EXPECT_THAT(outcome.out, HasSubstr("\nInvalid server response: "));
    EXPECT_EQ(outcome.status, 1);
}

TEST(Run, C12_LimitsTheWaitForFramesOnlyIfAsked) {
    constexpr auto limit = std::chrono::milliseconds(100);
    for (bool const is_limited : {false, true}) {
        ScriptedServer const server({"HTTP/1.1 101 Switching Protocols\r\n\r\n", ""});
        // The pause is longer than the limit. The server closes after it has read what ends like a head.
        auto options =
            parse({"-p", std::to_string(server.port()), "127.0.0.1", "ws:/", "wf:-mask:p0,1:b'\\r\\n\\r\\n'"});
        ASSERT_TRUE(options);
        options->time_limit = limit;
        if (is_limited) options->frame_time_limit = limit;
        std::string out, err;
        proxycore::console::Console console(out, err);
        EXPECT_EQ(run(*options, console, {}), is_limited ? 1 : 0) << out << err;
    }
}

// --- many requests ---------------------------------------------------------------------------------------------------

TEST(Run, SendsAllSpecsOverOneConnection) {
    ScriptedServer const server({ok, ok, ok});
    auto const outcome = against(server, {"get:/a:x2", "get:/b"});
    EXPECT_EQ(outcome.out,
              ">> 'GET':/a\n<< 200 OK: 2 bytes\n>> 'GET':/a\n<< 200 OK: 2 bytes\n>> 'GET':/b\n<< 200 OK: 2 bytes\n");
    EXPECT_EQ(server.accepted(), 1U);
}

TEST(Run, OpensOneConnectionAfterTheOther) {
    ScriptedServer const server({ok, ok});
    auto const outcome = against(server, {"-n", "3", "-w", "0.01", "get:/", "head:/"});
    EXPECT_EQ(server.accepted(), 3U);
    EXPECT_THAT(server.heads(), SizeIs(6));
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, DoesNothingNoTimes) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"-n", "0", "get:/"});
    EXPECT_EQ(outcome.out + outcome.err, "");
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(against(server, {"-n", "-1", "get:/:x0"}).status, 0);
    EXPECT_EQ(server.accepted(), 0U);
}

TEST(Run, DropsTheRestOfAFailedConnectionAndContinuesWithTheNext) {
    ScriptedServer const server({ok, "HTT"});
    auto const outcome = against(server, {"-n", "2", "get:/a", "get:/b", "get:/c"});
    EXPECT_EQ(server.accepted(), 2U);
    EXPECT_THAT(server.heads(), SizeIs(4));
    EXPECT_THAT(outcome.out, testing::Not(HasSubstr("/c")));
    EXPECT_EQ(outcome.status, 1);
}

TEST(Run, HidesIgnoredCodesEntirely) {
    ScriptedServer const server({ok, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"});
    auto const outcome = against(server, {"-I", "200,404", "get:/a", "get:/b"});
    EXPECT_EQ(outcome.out, ">> 'GET':/b\n<< 500 Oops: 0 bytes\n");
}

TEST(Run, StopsAfterTheFirstResponseThatIsShown) {
    ScriptedServer const server({ok, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", ok});
    auto const outcome = against(server, {"-o", "-n", "5", "-I", "200", "get:/a", "get:/b", "get:/c"});
    EXPECT_EQ(outcome.out, ">> 'GET':/b\n<< 500 Oops: 0 bytes\n");
    EXPECT_EQ(server.accepted(), 1U);
}

TEST(Run, ContinuesAfterATimeoutItIgnores) {
    ScriptedServer const server({"", ok});
    auto const outcome = against(server, {"-t", "0.1", "-T", "get:/a", "get:/b"});
    EXPECT_EQ(outcome.out, ">> 'GET':/a\nTimeout (ignored)\n>> 'GET':/b\n<< 200 OK: 2 bytes\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, PicksOneSpecForEachConnection) {
    ScriptedServer const server({ok, ok});
    auto const outcome = against(server, {"-r", "-n", "20", "--seed", "7", "get:/a", "get:/b:x2"});
    EXPECT_THAT(outcome.out, HasSubstr("'GET':/a\n"));
    EXPECT_THAT(outcome.out, HasSubstr("'GET':/b\n"));
    EXPECT_EQ(server.accepted(), 20U);
    EXPECT_EQ(outcome.out, against(server, {"-r", "-n", "20", "--seed", "7", "get:/a", "get:/b:x2"}).out);
}

TEST(Run, SendsNothingTwiceWithAMemo) {
    ScriptedServer const server({ok, ok, ok, ok, ok, ok, ok, ok}, Then::stay);
    auto const outcome =
        against(server, {"--seed", "1", "-m", "--memo-limit", "100", "-n", "-1", "get:/:b@1,octdigits:x2000"});
    EXPECT_EQ(outcome.err, "Memo limit exceeded...\n");
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 16) << outcome.out;
    for (std::string const digit : {"0", "1", "2", "3", "4", "5", "6", "7"}) {
        EXPECT_THAT(outcome.out, HasSubstr(":b'" + digit + "':"));
    }
    EXPECT_EQ(server.accepted(), 1U) << "skipping needs no connection";
}

// --- explaining, replaying -------------------------------------------------------------------------------------------

TEST(Run, ExplainsASpecThatReplays) {
    ScriptedServer const server({ok});
    std::vector<std::string> const fuzz{"--seed", "3",  "-t", "10",
                                        "-e",     "-q", "-x", "get:/:h@5,ascii_letters='1':ir,@1,ascii_letters:b@10"};
    auto const first = against(server, fuzz);
    auto const line = first.out.substr(3, first.out.find('\n') - 3);
    auto const again = against(server, {"-e", "-q", "-x", line});
    EXPECT_EQ(again.out, first.out);
    EXPECT_EQ(again.err, "") << "nothing is random in an explained spec";
}

TEST(Run, PrintsTheSeedOnceWhenItMattered) {
    ScriptedServer const server({ok, ok});
    auto const outcome = against(server, {"-e", "get:/", "get:/:b@5,digits"});
    EXPECT_THAT(outcome.err, MatchesRegex("seed [0-9]+ \\(replay with --seed [0-9]+\\)\n"));
    auto const seed = outcome.err.substr(5, outcome.err.find(' ', 5) - 5);
    auto const again = against(server, {"--seed", seed, "-e", "get:/", "get:/:b@5,digits"});
    EXPECT_EQ(again.out, outcome.out);
    EXPECT_EQ(again.err, "");
}

TEST(Run, ShowsTheExactBytes) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"-q", "--show-response", "get:/"});
    EXPECT_EQ(outcome.out,
              ">> 'GET':/\n<< 200 OK: 2 bytes\n"
              "Bytes written:\n\tGET / HTTP/1.1\r\n\tHost: 127.0.0.1\r\n\t\r\n\t\n"
              "Bytes read:\n\tHTTP/1.1 200 OK\r\n\tContent-Length: 2\r\n\t\r\n\thi\n");
}

TEST(Run, ReportsOneJsonObjectALine) {
    ScriptedServer const server({ok, "HTT"});
    auto const outcome = against(server, {"--json", "get:/a", "get:/b"});
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 2);
    EXPECT_THAT(outcome.out, HasSubstr(R"("target":"/a")"));
    EXPECT_THAT(outcome.out, HasSubstr(R"("msg":"Invalid server response: bad status line)"));
}

TEST(Run, UsesTheGivenClock) {
    using namespace std::chrono;
    proxycore::record::Clock const stopped{[] { return system_clock::from_time_t(1'795'233'482); },
                                           [] { return steady_clock::time_point(5s); }};
    ScriptedServer const server({ok});
    auto const outcome = invoke({"-p", std::to_string(server.port()), "127.0.0.1", "get:/", "--json"}, stopped);
    EXPECT_THAT(outcome.out, HasSubstr(R"("started":1795233482.0,"duration":0.0)"));
}

// --- WebSockets, no server -------------------------------------------------------------------------------------------

constexpr auto handshake = "ws:/:h'Sec-WebSocket-Key'='dGhlIHNhbXBsZSBub25jZQ=='";
std::string const switched =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
std::string const greeting = std::string(">> ") + handshake + "\n<< 101 Switching Protocols: 0 bytes\n";

TEST(Run, ReceivesFramesAfterAHandshake) {
    ScriptedServer const server({switched + std::string("\x01\x02hi\x89\x00", 6)});
    auto const outcome = against(server, {handshake});
    EXPECT_EQ(outcome.out, greeting + "<< ws frame:text 2b\n<< ws frame:ping:fin\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, EndsWhenTheServerHasClosed) {
    ScriptedServer const server({switched + std::string("\x88\x00", 2)}, Then::stay);
    auto const outcome = against(server, {handshake});
    EXPECT_EQ(outcome.out, greeting + "<< ws frame:close:fin\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, ReportsHalfAFrame) {
    ScriptedServer const server({switched + "\x01\x05hi"});
    auto const outcome = against(server, {handshake});
    EXPECT_EQ(outcome.out, greeting + "Invalid frame: Unexpected EOF\n");
    EXPECT_EQ(outcome.status, 1);
}

TEST(Run, ReportsAHandshakeForAnotherKey) {
    ScriptedServer const server({switched + "\x81\x02hi"});
    auto const outcome = against(server, {"ws:/:h'Sec-WebSocket-Key'='x'"});
    EXPECT_THAT(outcome.out,
                HasSubstr("<< 101 Switching Protocols: 0 bytes\n"
                          "Bad handshake: Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo= instead of "));
    EXPECT_THAT(outcome.out, testing::EndsWith("<< ws frame:text:fin 2b\n"));
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, ReportsFramesInJson) {
    ScriptedServer const server({switched + "\x81\x02hi"});
    auto const outcome = against(server, {"--json", "ws:/:h'Sec-WebSocket-Key'='x'", "wf:b'yo':k'abcd'"});
    EXPECT_THAT(outcome.out, HasSubstr(R"("type":"error","protocol":"websockets")"));
    EXPECT_THAT(outcome.out, HasSubstr(R"("msg":"Bad handshake: )"));
    EXPECT_THAT(outcome.out, HasSubstr(R"("payload":"hi","payload_size":2,"raw":)"));
    EXPECT_THAT(outcome.out, HasSubstr(R"("key":"abcd","payload":"yo","payload_size":2,"raw":)"));
}

TEST(Run, SendsFramesAndStaysUntilTheServerIsSilentForTooLong) {
    ScriptedServer const server({switched}, Then::stay);
    auto const outcome = against(server, {"-t", "0.1", handshake, "wf:b'yo':x2"});
    EXPECT_EQ(outcome.out, greeting + ">> wf:b'yo'\n>> wf:b'yo'\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, SendsFramesWithoutAHandshake) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"wf:b'GET / HTTP/1.1':-mask", "wf:b'\r\n\r\n':-mask"});
    EXPECT_EQ(outcome.out, ">> wf:b'GET / HTTP/1.1':-mask\n>> wf:b'\\r\\n\\r\\n':-mask\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, ReportsAnotherResponseToAHandshake) {
    ScriptedServer const server({ok, ok});
    auto const outcome = against(server, {handshake, "get:/"});
    EXPECT_EQ(outcome.out, std::string(">> ") + handshake + "\n<< 200 OK: 2 bytes\n>> 'GET':/\n<< 200 OK: 2 bytes\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(Run, ReportsEachRefusedConnection) {
    std::string port;
    {
        ScriptedServer const gone({});
        port = std::to_string(gone.port());
    }
    auto const outcome = invoke({"-n", "2", "127.0.0.1:" + port, "get:/"});
    auto const line = "Error connecting to \"127.0.0.1:" + port + "\": connection refused\n";
    EXPECT_EQ(outcome.err, line + line);
    EXPECT_EQ(outcome.status, 3);
}

TEST(Run, SendsNothingWhenOneSpecIsBad) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"get:/", "get:/:b'x':z"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, StartsWith("spec:1:"));
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(server.accepted(), 0U);
}

}  // namespace
}  // namespace pathology::pathoc::test
