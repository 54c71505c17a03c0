// The built program from its start to its exit status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <csignal>
#include <thread>

#include "support/client.hpp"
#include "support/folder.hpp"
#include "support/program.hpp"
#include "support/row_name.hpp"

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

// What is wrong with the alternatives of an anchor: the message, the text with the place, and how to write it.
struct BadAlternatives {
    std::string_view name, text, place, message, hint = {};
};
void PrintTo(BadAlternatives const& row, std::ostream* out) { *out << row.text; }
class ProgramWithBadAlternatives : public testing::TestWithParam<BadAlternatives> {};

TEST_P(ProgramWithBadAlternatives, ExitsWithTwoAndShowsThePlace) {
    auto const& [name, text, place, message, hint] = GetParam();
    auto const anchor = "/x=" + std::string(text);
    auto const ended = run_program({"-p", "0", "-a", anchor});
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.out, "");
    auto const column = std::to_string(place.size() + 1);
    auto expected = "pathod: Invalid spec in anchor: " + anchor + "\nspec:1:" + column + ": " + std::string(message) +
                    "\n" + std::string(text) + "\n" + std::string(place.size(), ' ') + "^\n";
    if (!hint.empty()) expected += "hint: " + std::string(hint) + "\n";
    EXPECT_EQ(ended.err, expected);
}

constexpr std::string_view both_sides = "expected a spec on both sides of |";
constexpr std::string_view fraction =
    "expected K/N, of every N requests the last K, with numbers from 1 and K at most N";
constexpr std::string_view chance = "expected a chance from 0% to 100%, with at most 4 decimals";
constexpr std::string_view scope = "expected per path, per connection or per client";
constexpr std::string_view no_message = "expected a message (a status code, ws, wf or raw)";
constexpr std::string_view no_feature =
    "expected a response feature (h c l r m v n b k e w p t d i), a message (a status code, ws, wf or raw) or the end";
constexpr std::string_view blanks_hint = "a | between two alternatives has white space on both sides";
constexpr std::string_view forms_hint =
    "an alternative is SPEC, K/N SPEC or P% SPEC; behind the last one may stand | *, and | per path, per connection or "
    "per client";

INSTANTIATE_TEST_SUITE_P(Bars, ProgramWithBadAlternatives,
                         testing::Values(BadAlternatives{"AtTheEnd", "200 |", "200 |", both_sides},
                                         BadAlternatives{"AtTheBegin", "| 200", "", both_sides},
                                         BadAlternatives{"InARow", "503 | | 200", "503 | ", both_sides},
                                         BadAlternatives{"WithoutBlanks", "200|404", "200", no_feature, blanks_hint},
                                         BadAlternatives{"WithoutABlankBehind", "200 |404", "200 ", no_feature,
                                                         blanks_hint}),
                         pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Conditions, ProgramWithBadAlternatives,
    testing::Values(BadAlternatives{"MoreThanAll", "110% 200 | 200", "", chance},
                    BadAlternatives{"MoreThanAllTogether", "60% 200 | 50% 404", "60% 200 | ",
                                    "the chances of all alternatives add up to more than 100%"},
                    BadAlternatives{"Negative", "-5% 200 | 404", "", no_message, forms_hint},
                    BadAlternatives{"TooExact", "200 | 0.00001% 404", "200 | ", chance},
                    BadAlternatives{"ApartFromItsNumber", "10 % 200 | 404", "10 ", no_feature, forms_hint},
                    BadAlternatives{"WithoutNumber", "% 200 | 404", "", no_message, forms_hint},
                    BadAlternatives{"Two", "1/3 10% 200 | 404", "1/3 10", no_feature, forms_hint},
                    BadAlternatives{"OfNone", "1/0 200 | 404", "", fraction},
                    BadAlternatives{"MoreThanEvery", "200 | 4/3 404", "200 | ", fraction},
                    BadAlternatives{"WithoutSpec", "10% | 200", "10%", "expected a spec behind the condition"}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Words, ProgramWithBadAlternatives,
    testing::Values(
        BadAlternatives{"InPlaceOfACondition", "once 200 | 404", "", no_message, forms_hint},
        BadAlternatives{"InPlaceOfASetting", "200 | 404 | again", "200 | 404 | ", no_message, forms_hint},
        BadAlternatives{"StarWithMore", "200 | *x", "200 | ", no_message, forms_hint},
        BadAlternatives{"StarInTheMiddle", "200 | * | 404", "200 | ", "* and per stand behind the last alternative"},
        BadAlternatives{"StarTwice", "200 | * | *", "200 | ", "* is given twice"},
        BadAlternatives{"StarOfConditions", "10% 200 | *", "10% 200 | ",
                        "* needs an alternative without a condition, which it starts over"},
        BadAlternatives{"PerNothing", "503 | per", "503 | ", scope},
        BadAlternatives{"PerSomethingElse", "503 | per stream", "503 | ", scope},
        BadAlternatives{"PerTwice", "200 | per path | per client", "200 | ", "per is given twice"},
        BadAlternatives{"PerWithoutABar", "200 | 404 per path", "200 | 404 p",
                        "expected an offset (a number, r, a, head, body, chunkN, trailer or frameN)", forms_hint},
        BadAlternatives{"InASpec", "200 | 2x", "200 | 2", no_feature},
        BadAlternatives{"NoSuchFile", "200 | /no/such.spec", "200 | ", no_message,
                        "there is no regular file '/no/such.spec', so it was read as a spec"}),
    pathology::test::row_name);

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
