// The built program: what needs a process of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

#include "support/folder.hpp"
#include "support/program.hpp"
#include "support/scripted_server.hpp"

namespace pathology::pathoc::test {
namespace {

using testing::MatchesRegex;
using testing::StartsWith;

Ended pathoc(std::vector<std::string> const& arguments, std::string const& folder = {},
             std::string const& interrupt_after = {}) {
    return run_program(PATHOC_PROGRAM, arguments, folder, interrupt_after);
}

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TEST(Program, ListsUserAgents) {
    auto const ended = pathoc({"--show-uas"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out,
              "User agent strings:\n   a android\n   l blackberry\n   b bingbot\n   c chrome\n   f firefox\n"
              "   g googlebot\n   i ie9\n   p ipad\n   h iphone\n   s safari\n");
}

TEST(Program, PrintsItsVersion) { EXPECT_THAT(pathoc({"--version"}).out, MatchesRegex("pathoc [0-9.]+\n")); }

TEST(Program, EndsWithTwoForABadCommandLine) {
    EXPECT_EQ(pathoc({}).status, 2);
    EXPECT_EQ(pathoc({"-I", "x", "localhost", "get:/"}).status, 2);
}

TEST(Program, ShowsWhereASpecIsWrong) {
    auto const ended = pathoc({"localhost:1", "get:/:b'x':z"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, MatchesRegex("spec:1:1[0-9]: .*\nget:/:b'x':z\n +\\^\n"));
}

Ended shell(std::string const& command) { return pathology::test::run("/bin/bash", {"-c", command}); }

TEST(Program, C15_ReadsSpecsFromStandardInputAndPipes) {
    std::string const pathoc = PATHOC_PROGRAM " --preview h ";
    std::string const expected = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    for (auto const& command :
         {"printf 'get:/a' | " + pathoc + "-", "printf '# no comment\nget:/a\n' | " + pathoc + "-",
          "printf 'get:/a' | " + pathoc + "+/dev/stdin", "printf 'get:/a' | " + pathoc + "/dev/stdin",
          pathoc + "+<(printf 'get:/a')", pathoc + "<(printf 'get:/a')", pathoc + "- <<< 'get:/a'"}) {
        auto const ended = shell(command);
        EXPECT_EQ(ended.out, expected) << command;
        EXPECT_EQ(ended.status, 0) << command << ended.err;
    }
    EXPECT_EQ(shell("printf 'get:/b' | " + pathoc + "get:/a -").out, expected + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST(Program, C15_NamesStandardInputInErrors) {
    auto const ended = shell("printf '\\nget:/a:z' | " PATHOC_PROGRAM " --preview h -");
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.err, MatchesRegex("stdin:2:8: .*\nget:/a:z\n +\\^\n(hint: .*\n)?"));
    auto const twice = shell("printf 'get:/a' | " PATHOC_PROGRAM " h - -");
    EXPECT_EQ(twice.status, 2);
    EXPECT_THAT(twice.err, testing::HasSubstr("standard input, which can be read once"));
}

TEST(Program, ReportsAnExchangeWithItsTime) {
    ScriptedServer const server({ok});
    auto const ended = pathoc({"127.0.0.1:" + std::to_string(server.port()), "get:/"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, MatchesRegex("[0-9-]{8} [0-9:]{8}: >> 'GET':/\n<< 200 OK: 2 bytes\n"));
}

TEST(Program, EndsWithThreeWithoutAServer) {
    std::string port;
    {
        ScriptedServer const gone({});
        port = std::to_string(gone.port());
    }
    auto const ended = pathoc({"-p", port, "127.0.0.1", "get:/"});
    EXPECT_EQ(ended.status, 3);
    EXPECT_EQ(ended.err, "Error connecting to \"127.0.0.1:" + port + "\": connection refused\n");
}

TEST(Program, C12_BacksOffWhileTheServerCannotBeReached) {
    std::string port;
    {
        ScriptedServer const gone({});
        port = std::to_string(gone.port());
    }
    pathology::test::Process endless(PATHOC_PROGRAM, {"-n", "-1", "-p", port, "127.0.0.1", "get:/"});
    auto const line = "Error connecting to \"127.0.0.1:" + port + "\": connection refused";
    EXPECT_EQ(endless.read_error_line(), line);
    auto const begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(endless.read_error_line(), line);
    // 0.1 + 0.2 + 0.4 s, less what the first line was read late.
    EXPECT_GT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(500));
    endless.signal(SIGINT);
    EXPECT_EQ(endless.wait().status, 130);
}

TEST(Program, EndsWith130WhenInterrupted) {
    ScriptedServer const server({ok, ""}, Then::stay);
    auto const ended =
        pathoc({"-n", "-1", "127.0.0.1:" + std::to_string(server.port()), "get:/", "get:/silence"}, {}, "200 OK");
    EXPECT_EQ(ended.status, 130);
    EXPECT_THAT(ended.out, MatchesRegex(".*: >> 'GET':/\n<< 200 OK: 2 bytes\n"));
    EXPECT_THAT(ended.err, MatchesRegex("interrupted: 1 exchanges, [0-9]+/s, 0 failed\n"));
}

TEST(Program, LeavesAPauseForeverWhenInterrupted) {
    ScriptedServer const server({ok, ok}, Then::stay);
    auto const ended = pathoc({"127.0.0.1:" + std::to_string(server.port()), "get:/", "get:/:p3,f"}, {}, "200 OK");
    EXPECT_EQ(ended.status, 130);
}

class SpecFile : public testing::Test {
protected:
    SpecFile() {
        folder_.write("fuzz.spec", "# two requests\nget:/a\nget:/b:b<fuzz.txt\n");
        folder_.write("fuzz.txt", "data");
        folder_.write("bad.spec", "get:/a\n  get:/b:z\n");
    }
    std::string folder() const { return folder_.path().string(); }

private:
    pathology::test::Folder folder_;
};

TEST_F(SpecFile, IsReadForItsName) {
    auto const ended = pathoc({"--preview", "h", "fuzz.spec"}, folder());
    EXPECT_EQ(ended.out,
              "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nContent-Length: 4\r\nHost: h\r\n\r\ndata");
    EXPECT_EQ(pathoc({"--preview", "h", "+fuzz.spec"}, folder()).out, ended.out);
}

TEST_F(SpecFile, IsNamedWhenItIsWrong) {
    auto const ended = pathoc({"--preview", "h", "bad.spec"}, folder());
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.err, StartsWith("bad.spec:2:"));
}

TEST(Preview, WritesRequestsAndFramesWithoutASocket) {
    auto const ended = pathoc({"--preview", "-e", "h", "get:/:x2", "wf:-mask:b'hi'"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, std::string("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n\x01\x02hi"));
    EXPECT_EQ(ended.err, ">> 'GET':/:h'Host'='h'\n>> 'GET':/:h'Host'='h'\n" + ended.err.substr(ended.err.rfind(">> ")));
}

TEST(Preview, C9_PrintsTheGeneratorOfWhatIsTooLarge) {
    auto const ended = pathoc({"--preview", "-e", "--seed", "1", "h", "get:/:r:b@4m"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, ">> 'GET':/:r:b@4m  (too large to spell out; the seed replays it)\n");
    EXPECT_EQ(ended.out, pathoc({"--preview", "--seed", "1", "h", "get:/:r:b@4m"}).out);
}

TEST(Preview, C3_ExplainsANestedFrameAsItsServerSendsIt) {
    auto const ended = pathoc({"--preview", "-e", "--seed", "1", "h", "wf:-mask:f'wf:fin:b\"yo\"'"});
    EXPECT_EQ(ended.err, ">> wf:-mask:f'wf:fin:b\\x27yo\\x27'\n");
    EXPECT_EQ(ended.out, std::string("\x01\x13", 2) + "pathod!wf:fin:b'yo'");
}

TEST(Preview, C4_ExplainsNestedBlanksThatSurviveTheUrl) {
    for (int seed = 1; seed <= 20; ++seed) {
        auto const ended =
            pathoc({"--preview", "-e", "--seed", std::to_string(seed), "h", "get:/p/:r:s'200:b@1,whitespace'"});
        auto const line = ended.out.substr(0, ended.out.find("\r\n"));
        EXPECT_THAT(line, MatchesRegex("GET /p/200:b'[^ ]+':h'Content-Length'='1' HTTP/1.1")) << "seed " << seed;
    }
}

TEST(Preview, WritesAnyVersion) {
    auto const ended =
        pathoc({"--preview", "-e", "--seed", "1", "h", "get:/:r:v'HTTP/0.9'", "ws:/:r:vX:h'sec-websocket-key'='k'"});
    EXPECT_THAT(ended.out, StartsWith("GET / HTTP/0.9\r\n\r\nGET / X\r\n"));
    EXPECT_THAT(ended.err, StartsWith(">> 'GET':/:r:v'HTTP/0.9'\n>> ws:'GET':/:r:vX:"));
}

TEST(Preview, WaitsForNothingAndEndsAtADisconnect) {
    auto const ended = pathoc({"--preview", "h", "get:/a:p3,f", "get:/b:d5", "get:/c"});
    EXPECT_EQ(ended.out, "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /");
    EXPECT_EQ(ended.status, 0);
}

TEST(Preview, ReplaysFromASeedAndFromAnExplainedSpec) {
    std::vector<std::string> const random{"--preview", "-e", "h", "get:/:b@30:ir,@3 wf:b@5"};
    auto const first = pathoc(random);
    ASSERT_THAT(first.err, StartsWith("seed "));
    auto const seed = first.err.substr(5, first.err.find(' ', 5) - 5);
    auto seeded = random;
    seeded.insert(seeded.begin(), {"--seed", seed});
    EXPECT_EQ(pathoc(seeded).out, first.out);

    std::string spelled;
    std::istringstream lines(first.err);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(">> ")) spelled += line.substr(3) + " ";
    }
    auto const again = pathoc({"--preview", "h", spelled});
    EXPECT_EQ(again.out, first.out);
    EXPECT_EQ(again.err, "");
}

}  // namespace
}  // namespace pathology::pathoc::test
