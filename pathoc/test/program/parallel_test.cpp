// Many connections at once, and slow reading, from the command line on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/invoke.hpp"
#include "support/scripted_server.hpp"

namespace pathology::pathoc::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using Clock = std::chrono::steady_clock;

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

Outcome against(ScriptedServer const& server, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--no-timestamp", "-p", std::to_string(server.port()), "127.0.0.1"});
    return invoke(std::move(arguments));
}

std::multiset<std::string> lines_of(std::string const& text) {
    std::multiset<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.insert(line);
    return lines;
}

TEST(Parallel, MarksTheLinesOfEachConnection) {
    ScriptedServer const server({ok, ok});
    auto const outcome = against(server, {"--parallel", "2", "get:/a"});
    EXPECT_THAT(lines_of(outcome.out), UnorderedElementsAre("[0] >> 'GET':/a", "[0] << 200 OK: 2 bytes",
                                                            "[1] >> 'GET':/a", "[1] << 200 OK: 2 bytes"));
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(server.accepted(), 2U);
}

TEST(Parallel, LimitsHowManyAreOpenAndNotHowManyAreMade) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"--parallel", "3", "-n", "10", "get:/"});
    EXPECT_EQ(lines_of(outcome.out).size(), 20U);
    EXPECT_EQ(server.accepted(), 10U);
}

TEST(Parallel, WaitsForAllAtTheSameTime) {
    ScriptedServer const server({}, Then::stay);
    auto const begun = Clock::now();
    auto const outcome = against(server, {"--parallel", "50", "-t", "0.3", "get:/:d5,hold"});
    EXPECT_LT(Clock::now() - begun, 5s) << "one after the other they would take 15 s";
    EXPECT_EQ(lines_of(outcome.out).size(), 100U);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(server.accepted(), 50U);
}

TEST(Parallel, NumbersConnectionsInJson) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"--json", "--parallel", "3", "get:/"});
    std::set<int> connections;
    for (auto const& line : lines_of(outcome.out))
        connections.insert(nlohmann::json::parse(line)["request"]["connection"].get<int>());
    EXPECT_EQ(connections, (std::set<int>{0, 1, 2}));
}

TEST(Parallel, NamesTheConnectionThatFailed) {
    std::uint16_t port = 0;
    { port = ScriptedServer({ok}).port(); }
    auto const outcome = invoke({"--parallel", "2", "127.0.0.1:" + std::to_string(port), "get:/"});
    EXPECT_THAT(outcome.err, HasSubstr("[0] Error connecting to"));
    EXPECT_THAT(outcome.err, HasSubstr("[1] Error connecting to"));
    EXPECT_EQ(outcome.status, 3);
}

TEST(Parallel, SendsTheBytesThatItSendsInTurn) {
    ScriptedServer const server({ok});
    auto const specs = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"-e", "--seed", "5", "-n", "4", "get:/:b@9,digits"});
        std::multiset<std::string> sent;
        for (auto line : lines_of(against(server, arguments).out))
            if (auto const at = line.find(">> "); at != std::string::npos) sent.insert(line.substr(at));
        return sent;
    };
    EXPECT_EQ(specs({"--parallel", "4"}), specs({}));
}

TEST(Parallel, EndsWithTheFirstResponseIfAsked) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"-o", "--parallel", "2", "-n", "1000", "get:/"});
    EXPECT_LE(server.accepted(), 4U);
    EXPECT_EQ(outcome.status, 0);
}

TEST(ReadRate, LimitsHowFastAResponseIsRead) {
    ScriptedServer const server({"HTTP/1.1 200 OK\r\nContent-Length: 62\r\n\r\n" + std::string(62, 'x')});
    auto const begun = Clock::now();
    auto const outcome = against(server, {"--read-rate", "25/0.1", "get:/"});  // 101 bytes
    EXPECT_GE(Clock::now() - begun, 400ms);
    EXPECT_EQ(outcome.out, ">> 'GET':/\n<< 200 OK: 62 bytes\n");
}

TEST(ReadRate, DoesNotCountForTheTimeLimit) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"-t", "0.1", "--read-rate", "30/0.3", "get:/"});
    EXPECT_EQ(outcome.out, ">> 'GET':/\n<< 200 OK: 2 bytes\n");
}

TEST(ReceiveBuffer, IsSetBeforeTheServerSends) {
    ScriptedServer const server({ok});
    auto const outcome = against(server, {"--receive-buffer", "1", "get:/"});
    EXPECT_EQ(outcome.out, ">> 'GET':/\n<< 200 OK: 2 bytes\n");
}

TEST(ParallelOptions, AreChecked) {
    EXPECT_EQ(parse({"h", "get:/", "--parallel", "7"})->connections, 7);
    EXPECT_EQ(parse({"h", "get:/", "--parallel", "7", "-n", "3"})->connections, 3);
    EXPECT_THAT(parse({"h", "get:/", "--parallel", "0"}).error().err, HasSubstr("from 1 to 10000"));
    EXPECT_THAT(parse({"h", "get:/", "--parallel", "10001"}).error().err, HasSubstr("from 1 to 10000"));
    EXPECT_THAT(parse({"h", "get:/", "--read-rate", "slow"}).error().err,
                HasSubstr("--read-rate: invalid rate\nrate:1:1: expected a rate"));
    EXPECT_EQ(parse({"h", "get:/", "--read-rate", "full"})->read_rate.piece, 0U);
    EXPECT_EQ(parse({"h", "get:/", "--receive-buffer", "4k"})->receive_buffer, 4096U);
}

}  // namespace
}  // namespace pathology::pathoc::test
