// pathod --preview over every recorded response and frame of the original: language/test/data/conformance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/language/http2.hpp>

#include "support/conformance.hpp"
#include "support/program.hpp"

namespace pathology::pathod {
namespace {

using namespace std::string_literals;
using test::run_program;
using Case = pathology::test::ConformanceCase;

/// Those of a server whose first message has bytes that are written down. An argument cannot hold a zero byte.
std::vector<Case> cases() {
    return pathology::test::conformance_cases([](Case const& c) {
        return (c.kind() == "response" || c.kind() == "frame" || c.kind() == "h2_response") && c.is("valid", true) &&
               c.is("deterministic", true) && c.records_bytes() && c.spec().find('\0') == std::string::npos;
    });
}

class Preview : public testing::TestWithParam<Case> {};

TEST_P(Preview, WritesTheBytesOfTheOriginal) {
    auto const& c = GetParam();
    std::vector<std::string> arguments{"-d", CONFORMANCE_DATA "/static", "--preview", c.spec()};
    auto const is_http2 = c.kind() == "h2_response";
    if (is_http2) arguments.emplace_back("--http2");
    auto ended = run_program(arguments);
    EXPECT_EQ(ended.status, 0) << ended.err;
    if (is_http2) language::set_stream(ended.out, 2);  // the recorded one
    if (c.number("messages") == 0) {
        EXPECT_EQ(ended.out, "");
    } else {
        EXPECT_TRUE(c.renders(ended.out.substr(0, c.number("length")))) << testing::PrintToString(ended.out);
        EXPECT_TRUE(c.number("messages") > 1 || ended.out.size() == c.number("length"));
    }
}

INSTANTIATE_TEST_SUITE_P(Conformance, Preview, testing::ValuesIn(cases()), pathology::test::case_name);

TEST(PreviewProgram, HasCases) { EXPECT_GT(cases().size(), 150U); }

TEST(PreviewProgram, WritesFramesOneAfterTheOther) {
    EXPECT_EQ(run_program({"--preview", "wf:x2:b'a' wf:fin:b'b'"}).out,
              "\x01\x01"
              "a\x01\x01"
              "a\x81\x01"
              "b");
    EXPECT_EQ(run_program({"--preview", "wf:b'abc':d3 wf:b'b'"}).out,
              "\x01\x03"
              "a");
}

TEST(PreviewProgram, WritesHttp2Frames) {
    auto const ping = "\0\0\x08\x06\0\0\0\0\0"s + "12345678";
    EXPECT_EQ(run_program({"--preview", "h2f:PING:'12345678':x2"}).out, ping + ping);
    EXPECT_EQ(run_program({"--http2", "--preview", "200:r:b'x' h2f:GOAWAY"}).out,
              "\0\0\x01\x01\x04\0\0\0\x01\x88"
              "\0\0\x01\0\x01\0\0\0\x01x"
              "\0\0\x08\x07\0\0\0\0\0\0\0\0\x01\0\0\0\0"s);
    EXPECT_EQ(run_program({"--preview", "h2p"}).out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    auto const refused = run_program({"--http2", "--preview", "200:m'x'"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, testing::StartsWith("spec:1:5: "));
}

TEST(PreviewProgram, WritesAnyVersion) {
    EXPECT_EQ(run_program({"--preview", "200:r:v'HTTP/1.0'"}).out, "HTTP/1.0 200 OK\r\n\r\n");
    auto const refused = run_program({"--http2", "--preview", "200:v'HTTP/1.0'"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, testing::StartsWith("spec:1:5: HTTP/2 has no version in its messages; remove v\n"));
}

TEST(PreviewProgram, C13_SaysWhichProtocolASpecNeeds) {
    auto const http1 = run_program({"--preview", "200:b'hi' h2f:GOAWAY"});
    EXPECT_EQ(http1.status, 2);
    EXPECT_THAT(http1.err,
                testing::MatchesRegex("spec:1:[0-9]+: this spec is for HTTP/2; preview it with --http2: .*"));
    EXPECT_THAT(http1.err, testing::Not(testing::HasSubstr("hint:")));
    auto const http2 = run_program({"--http2", "--preview", "wf:b'hi'"});
    EXPECT_EQ(http2.status, 2);
    EXPECT_THAT(http2.err, testing::HasSubstr(": this spec is for HTTP/1 and WebSocket; preview it without --http2: "));
}

TEST(PreviewProgram, NamesNoProtocolForWhatNeitherHas) {
    auto const chunk = run_program({"--preview", "200:dchunk1"});
    EXPECT_EQ(chunk.status, 2);
    EXPECT_THAT(chunk.err, testing::StartsWith("spec:1:5: chunk1: the message has no chunks; k adds one\n"));
    auto const trailer = run_program({"--http2", "--preview", "200:dtrailer"});
    EXPECT_THAT(trailer.err, testing::StartsWith("spec:1:5: trailer: the message has no trailer fields; e adds one\n"));
}

TEST(PreviewProgram, C15_ReadsSpecsFromStandardInputAndPipes) {
    std::string const pathod = PATHOD_PROGRAM " --preview ";
    for (auto const& command : {"printf '200:r' | " + pathod + "-", "printf '200:r' | " + pathod + "+/dev/stdin",
                                pathod + "<(printf '200:r')", pathod + "+<(printf '200:r')", pathod + "- <<< 200:r"}) {
        auto const ended = pathology::test::run("/bin/bash", {"-c", command});
        EXPECT_EQ(ended.out, "HTTP/1.1 200 OK\r\n\r\n") << command << ended.err;
    }
    auto const refused = pathology::test::run("/bin/bash", {"-c", "printf '200:z' | " + pathod + "-"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, testing::StartsWith("stdin:1:5: "));
}

TEST(PreviewProgram, WaitsForNoPause) {
    EXPECT_EQ(run_program({"--preview", "200:p0,f:b'x':p3,100"}).out, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
}

TEST(PreviewProgram, ExplainsOnStandardError) {
    auto const first = run_program({"-e", "--seed", "3", "--preview", "200:b@8,digits:ir,@2"});
    EXPECT_THAT(first.err, testing::MatchesRegex(">> 200:b'[0-9]+':i[0-9]+,.*\n"));
    auto const spec = first.err.substr(3, first.err.size() - 4);
    EXPECT_EQ(run_program({"--preview", spec}).out, first.out);
}

TEST(PreviewProgram, C1_ExplainsRepetitions) {
    for (std::string const spec : {"wf:b@4,digits:x3", "h2f:DATA:@4,digits:x3", "wf:x0:b@4"}) {
        auto const first = run_program({"-e", "--seed", "3", "--preview", spec});
        auto const explained = first.err.substr(3, first.err.size() - 4);
        auto const again = run_program({"-e", "--preview", explained});
        EXPECT_EQ(again.out, first.out) << spec;
        EXPECT_EQ(again.err, first.err) << spec;
        EXPECT_EQ(run_program({"--seed", "3", "--preview", spec}).out, first.out) << spec;
    }
}

TEST(PreviewProgram, C9_PrintsTheGeneratorOfWhatIsTooLarge) {
    auto const ended = run_program({"-e", "--seed", "3", "--preview", "200:r:b@4m"});
    EXPECT_EQ(ended.err, ">> 200:r:b@4m  (too large to spell out; the seed replays it)\n");
    EXPECT_EQ(ended.out, run_program({"--seed", "3", "--preview", "200:r:b@4m"}).out);
}

TEST(PreviewProgram, C11_HintsAtAFileThatDoesNotExist) {
    auto const ended = run_program({"--preview", "my.spec"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.err, testing::EndsWith("\nhint: there is no regular file 'my.spec', so it was read as a spec\n"));
}

TEST(PreviewProgram, C16_TakesComments) {
    EXPECT_EQ(run_program({"--preview", "# two frames\nwf:b'a'\n# and\nwf:b'b'"}).out,
              "\x01\x01"
              "a\x01\x01"
              "b");
    EXPECT_EQ(run_program({"--preview", "# by HTTP/2\nh2f:PING:0:'' h2p:''"}).status, 0);
}

TEST(PreviewProgram, PrintsTheSeedItDrew) {
    auto const first = run_program({"--preview", "200:b@20"});
    ASSERT_THAT(first.err, testing::MatchesRegex("seed [0-9]+ .replay with --seed [0-9]+.\n"));
    auto const seed = first.err.substr(5, first.err.find(' ', 5) - 5);
    auto const again = run_program({"--seed", seed, "--preview", "200:b@20"});
    EXPECT_EQ(again.out, first.out);
    EXPECT_EQ(again.err, "");
}

TEST(PreviewProgram, PointsAtWhatIsWrong) {
    auto const ended = run_program({"--preview", "200:p1,x"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, testing::MatchesRegex("spec:1:8: [^\n]+\n200:p1,x\n       \\^\n"));
    EXPECT_EQ(run_program({"--preview", "200:b<x"}).status, 2);
}

}  // namespace
}  // namespace pathology::pathod
