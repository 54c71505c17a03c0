// What peers send to control a terminal, in each place where a program prints bytes of a peer.
#include <gmock/gmock.h>

#include <fstream>
#include <pathology/proxycore/http/escaped.hpp>

#include "certificate.hpp"
#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using proxycore::http::terminal_text;
using proxycore::http::WhiteSpace;
using testing::HasSubstr;

/// An escape sequence, a C1 control character, DEL, a bidirectional override, a zero width space, a tag, and a byte that is
/// not UTF-8, in the escapes of specs.
std::string const hostile = R"(\x1b[2J\xc2\x9b\x7f\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81\xff)";
std::string const hostile_text = R"(\xc2\x9b\x7f\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81)";  // UTF-8

/// Everything in `text` is printable, but for tabs and line ends.
testing::AssertionResult is_safe(std::string const& text) {
    auto const safe = terminal_text(text, WhiteSpace::lines);
    if (safe == text) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "not safe, it would be\n" << safe;
}

struct ServerCase {
    std::string name;
    std::string spec;                      ///< of the response
    std::vector<std::string> arguments{};  ///< of the client or the proxy
};
void PrintTo(ServerCase const& row, std::ostream* out) { *out << row.name; }

std::string const response = "200:m'" + hostile + "':h'X-" + hostile_text + "'='" + hostile + "':b'" + hostile + "'";

class TerminalSafety_Pathoc : public testing::TestWithParam<ServerCase> {};

TEST_P(TerminalSafety_Pathoc, OfWhatAServerSends) {
    Pathod const pathod({"-a", "/hostile=" + GetParam().spec});
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"127.0.0.1:" + pathod.port(), "get:/hostile"});
    auto const ended = pathoc(arguments);
    EXPECT_NE(ended.out, "");
    EXPECT_TRUE(is_safe(ended.out)) << ended.out;
    EXPECT_TRUE(is_safe(ended.err)) << ended.err;
}

INSTANTIATE_TEST_SUITE_P(Programs, TerminalSafety_Pathoc,
                         testing::Values(ServerCase{"Reason", response}, ServerCase{"Json", response, {"--json"}},
                                         ServerCase{"Dump", response, {"-q", "--show-response"}},
                                         ServerCase{"HexDump", response, {"-q", "--show-response", "-x"}},
                                         ServerCase{"BadStatusLine", "200:r:i0,'" + hostile + "'"},
                                         ServerCase{"BadStatusLineJson", "200:r:i0,'" + hostile + "'", {"--json"}},
                                         ServerCase{"BadLength", "200:h'Content-Length'='" + hostile + "'"}),
                         test::row_name);

TEST(TerminalSafety, OfTheNamesOfCertificates) {
    Certificate const certificate("/CN=a\u202e\x1b[2J\u009b.test");
    test::Folder const folder;
    std::ofstream(folder.path() / "server.pem") << certificate.text();
    SafePathod const pathod({"--cert", (folder.path() / "server.pem").string()});
    for (auto const* form : {"--no-timestamp", "--json"}) {
        auto const ended = pathoc({form, "-s", "-S", "127.0.0.1:" + pathod.port(), "get:/p/200"});
        EXPECT_THAT(ended.out, HasSubstr("202e"));
        EXPECT_TRUE(is_safe(ended.out)) << ended.out;
    }
}

struct RequestCase {
    std::string name;
    std::string spec;  ///< of the request
};
void PrintTo(RequestCase const& row, std::ostream* out) { *out << row.name; }

std::string const path = R"(/p/\xe2\x80\xae\xc2\x9b\x7f\xff\x1b[2J)";
RequestCase const hostile_requests[] = {
    {"Target", "get:'" + path + "'"},
    {"SpecOfItsPath", "get:'/p/200:b%22%E2%80%AE%1B[2J%C2%9B%22:h%22%E2%80%AE%22=%22%1B%22'"},
    {"BadSpecOfItsPath", "get:'/p/200:b%22%E2%80%AE%1B[2J%C2%9B%22:%E2%80%AE%1B[2J'"},
    {"Method", "'G" + hostile + "':/p/200"},
    {"Fields", "get:/p/200:h'X" + hostile_text + "'='" + hostile + "'"},
    {"Body", "post:/p/200:b'" + hostile + "'"},
    {"NoRequest", "get:/p/200:r:i0,'" + hostile + "'"},
    {"Host", "get:/p/200:r:h'Host'='" + hostile + "'"},
};

class TerminalSafety_Pathod : public testing::TestWithParam<RequestCase> {};

TEST_P(TerminalSafety_Pathod, OfWhatAClientSends) {
    for (auto const& arguments : {std::vector<std::string>{"-e"}, {"-e", "-q", "-r"}, {"-q", "-x"}, {"--json", "-q"}}) {
        Pathod pathod(arguments);
        pathoc({"-t", "2", "127.0.0.1:" + pathod.port(), GetParam().spec});
        auto const ended = pathod.stop();
        EXPECT_NE(ended.out, "");
        EXPECT_TRUE(is_safe(ended.out)) << ended.out;
        EXPECT_TRUE(is_safe(ended.err)) << ended.err;
    }
}

INSTANTIATE_TEST_SUITE_P(Programs, TerminalSafety_Pathod, testing::ValuesIn(hostile_requests), test::row_name);

class TerminalSafety_Pathop : public testing::TestWithParam<RequestCase> {};

TEST_P(TerminalSafety_Pathop, OfWhatBothPeersSend) {
    Pathod const origin({"-a", "/=" + response});
    for (auto const& arguments :
         {std::vector<std::string>{"-ddd", "-v"}, {"--json"}, {"-ddd", "--set", "validate_inbound_headers=false"}}) {
        auto all = arguments;
        all.insert(all.end(), {"--mode", "reverse:http://127.0.0.1:" + origin.port()});
        Pathop pathop(all);
        pathoc({"-t", "2", pathop.at(), GetParam().spec});
        auto const ended = pathop.stop();
        EXPECT_NE(ended.out, "");
        EXPECT_TRUE(is_safe(ended.out)) << ended.out;
        EXPECT_TRUE(is_safe(ended.err)) << ended.err;
    }
}

INSTANTIATE_TEST_SUITE_P(Programs, TerminalSafety_Pathop, testing::ValuesIn(hostile_requests), test::row_name);

TEST(TerminalSafety, OfWebSocketsThroughPathop) {
    Pathod const origin;
    Pathop pathop({"-ddd", "--mode", "reverse:http://127.0.0.1:" + origin.port()});
    pathoc({"-t", "1", pathop.at(), "ws:/p/", "wf:b'" + hostile_text + "'", "wf:c2:b'" + hostile + "'",
            "wf:c8:b'\\x03\\xe8" + hostile_text + "'"});
    auto const ended = pathop.stop();
    EXPECT_THAT(ended.out, HasSubstr("WebSocket"));
    EXPECT_TRUE(is_safe(ended.out)) << ended.out;
    EXPECT_TRUE(is_safe(ended.err)) << ended.err;
}

TEST(TerminalSafety, OfArguments) {
    auto const name = std::string("\u202e\x1b[2J\u009b\xff");
    for (auto const& ended :
         {test::run(PATHOP_PROGRAM, {"--mode", name}), test::run(PATHOP_PROGRAM, {"-s", name}),
          test::run(PATHOP_PROGRAM, {name}), test::run(PATHOD_PROGRAM, {"-d", name}),
          test::run(PATHOD_PROGRAM, {"--preview", "200:" + name}), test::run(PATHOD_PROGRAM, {"-a", name}),
          test::run(PATHOD_PROGRAM, {"-f", "/no/such/" + name}), test::run(PATHOC_PROGRAM, {name, "get:/"}),
          test::run(PATHOC_PROGRAM, {"localhost", "get:" + name}), test::run(PATHOC_PROGRAM, {"localhost", "+" + name}),
          test::run(PATHOC_PROGRAM, {"--" + name, "localhost"})}) {
        EXPECT_NE(ended.status, 0);
        EXPECT_NE(ended.err, "");
        EXPECT_TRUE(is_safe(ended.err)) << ended.err;
    }
}

}  // namespace
}  // namespace pathology::integration
