// The built program from its start to its exit status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <csignal>
#include <thread>

#include "support/client.hpp"
#include "support/folder.hpp"
#include "support/program.hpp"

namespace pathology::pathod {
namespace {

using test::Client;
using test::Program;
using test::run_program;
using testing::HasSubstr;
using testing::StartsWith;

/// The port in `pathod 0.1.0 listening on 127.0.0.1:PORT`.
std::uint16_t port_in(std::string const& line) {
    std::uint16_t port = 0;
    std::from_chars(line.data() + line.rfind(':') + 1, line.data() + line.size(), port);
    return port;
}

constexpr std::string_view request = "GET /p/200:b'x' HTTP/1.1\r\n\r\n";

TEST(Program, PrintsItsAddressThenItsResponses) {
    Program program({"-p", "0", "--no-timestamp"});
    auto const line = program.read_line();
    EXPECT_THAT(line, StartsWith("pathod 0.1.0 listening on 127.0.0.1:"));
    EXPECT_THAT(Client(port_in(line)).ask(request), testing::EndsWith("\r\n\r\nx"));
    EXPECT_EQ(program.read_line(), "crafting spec: 200:b'x'");
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().status, 0);
}

TEST(Program, EndsAtOnceWhileAResponsePausesForever) {
    for (auto const& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 0}}) {
        Program program({"-p", "0"});
        Client client(port_in(program.read_line()));
        client.send("GET /p/200:p3,f HTTP/1.1\r\n\r\n");
        EXPECT_EQ(client.read(3), "HTT");
        program.signal(signal);
        EXPECT_EQ(program.wait().status, status);
    }
}

TEST(Program, OutlivesTheReaderOfItsOutput) {
    Program program({"-p", "0"});
    auto const port = port_in(program.read_line());
    program.stop_reading();
    for (int i = 0; i < 3; ++i) EXPECT_THAT(Client(port).ask(request), testing::EndsWith("\r\n\r\nx"));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().status, 0);
}

TEST(Program, ServesWhileItsOutputIsNotRead) {
    Program program({"-p", "0", "-q"});
    Client client(port_in(program.read_line()));
    auto const long_request = "GET /p/200:b'x' HTTP/1.1\r\nX: " + std::string(32000, 'x') + "\r\n\r\n";
    constexpr std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    constexpr int many = 160;  // 5 MB, and at most 2 MiB find room
    for (int i = 0; i < many; ++i) ASSERT_EQ(client.send(long_request).read(response.size()), response) << i;
    program.signal(SIGTERM);
    auto const ended = program.wait();
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.err, StartsWith("lines dropped from standard output because of a slow reader: "));
    EXPECT_LT(ended.out.size(), std::size_t{many} * 32000);
}

TEST(Program, KeepsStandardOutputForJson) {
    Program program({"-p", "0", "--json"});
    auto const greeting = program.read_error_line();
    EXPECT_THAT(greeting, StartsWith("pathod 0.1.0 listening on 127.0.0.1:"));
    Client(port_in(greeting)).ask(request);
    EXPECT_THAT(program.read_line(), StartsWith("{"));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().out, "");
}

TEST(Program, ExitsWithThreeWhereItCannotListen) {
    Program first({"-p", "0"});
    auto const port = std::to_string(port_in(first.read_line()));
    auto const second = run_program({"-p", port});
    EXPECT_EQ(second.status, 3);
    EXPECT_THAT(second.err, HasSubstr("127.0.0.1:" + port));
    auto const third = run_program({"-D", "-p", port});
    EXPECT_EQ(third.status, 3);
    EXPECT_THAT(third.err, HasSubstr("127.0.0.1:" + port));
}

TEST(Program, ExitsWithTwoForWhatIsWrongInItsArguments) {
    EXPECT_EQ(run_program({"-a", "/foo=2x"}).status, 2);
    EXPECT_THAT(run_program({"-a", "/foo=2x"}).err, HasSubstr("\n2x\n ^\n"));
    EXPECT_EQ(run_program({"-D", "-a", "/fo(o=200"}).status, 2);
    EXPECT_EQ(run_program({"--nonsense"}).status, 2);
}

TEST(Program, GoesToTheBackgroundOnceItListens) {
    pathology::test::Folder const folder;
    auto const log = (folder.path() / "log").string();
    test::BackgroundReaper reaper;
    auto const parent = run_program({"-D", "-p", "0", "-t", "5", "--no-timestamp", "-f", log, "-a", "/=200"});
    ASSERT_EQ(parent.status, 0) << parent.err;
    auto const port = port_in(parent.out.substr(0, parent.out.find('\n')));
    EXPECT_THAT(Client(port).ask("GET /pid HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
    EXPECT_EQ(reaper.end(), 0);
    EXPECT_THAT(folder.read("log"), testing::MatchesRegex("crafting spec: 200\nfrom 127.0.0.1:[0-9]+: GET /pid\n"));
}

}  // namespace
}  // namespace pathology::pathod
