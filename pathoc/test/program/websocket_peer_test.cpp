// The built program beside a WebSocket server that is not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.hpp"
#include "support/row_name.hpp"

namespace pathology::pathoc::test {
namespace {

using testing::ElementsAreArray;

constexpr auto python = "/usr/bin/python3";  // the one that Debian's python3-websockets belongs to

struct PeerCase {
    std::string_view name;
    std::string count;                  ///< of the messages that the server sends back before it closes
    std::vector<std::string> specs;     ///< after the handshake
    std::vector<std::string> received;  ///< the lines that begin with `<<`
    std::string ended;                  ///< what the server says at the end
};
void PrintTo(PeerCase const& row, std::ostream* out) { *out << row.name; }
class WebsocketServer : public testing::TestWithParam<PeerCase> {};

std::vector<std::string> lines_received(std::string const& out) {
    std::vector<std::string> lines;
    for (std::size_t at = out.find("<< "); at != out.npos; at = out.find("\n<< ", at + 1)) {
        at += out[at] == '\n' ? 1 : 0;
        lines.push_back(out.substr(at, out.find('\n', at) - at));
    }
    return lines;
}

TEST_P(WebsocketServer, ReceivesWhatIsSent) {
    if (pathology::test::run(python, {"-c", "import websockets"}).status != 0)
        GTEST_SKIP() << "python3-websockets is not installed";
    pathology::test::Process server(python, {WEBSOCKET_SERVER, GetParam().count});
    auto specs = GetParam().specs;
    specs.insert(specs.begin(), {"--no-timestamp", "-t", "20", "127.0.0.1:" + server.read_line(), "ws:/"});
    auto const client = pathology::test::run(PATHOC_PROGRAM, specs);
    EXPECT_THAT(lines_received(client.out), ElementsAreArray(GetParam().received)) << client.out << client.err;
    EXPECT_EQ(client.out.find("Bad handshake"), std::string::npos) << client.out;
    EXPECT_EQ(client.status, 0);
    EXPECT_EQ(server.read_line(), GetParam().ended);
}

constexpr auto switched = "<< 101 Switching Protocols: 0 bytes";
constexpr auto server_closes = "<< ws frame:close:fin 9b";  // 4000, so long
constexpr auto without_a_word = "1006 ";

INSTANTIATE_TEST_SUITE_P(
    Python, WebsocketServer,
    testing::Values(
        PeerCase{"Messages",
                 "2",
                 {"wf:fin:b'hello'", "wf:fin:cbinary:b'\\x00\\xff'"},
                 {switched, "<< ws frame:text:fin 5b", "<< ws frame:binary:fin 2b", server_closes},
                 without_a_word},
        PeerCase{"Fragments",
                 "1",
                 {"wf:b'Hel'", "wf:fin:cping:b'!'", "wf:fin:ccontinue:b'lo'"},
                 {switched, "<< ws frame:pong:fin 1b", "<< ws frame:text:fin 5b", server_closes},
                 without_a_word},
        PeerCase{"LargeMessage",
                 "1",
                 {"wf:fin:cbinary:b@1m"},
                 {switched, "<< ws frame:binary:fin 1m", server_closes},
                 without_a_word},
        PeerCase{
            "Goodbye", "1", {"wf:fin:cclose:b'\\x03\\xe8bye'"}, {switched, "<< ws frame:close:fin 5b"}, "1000 bye"},
        PeerCase{"ReservedBit", "1", {"wf:fin:rsv1:b'x'"}, {switched, "<< ws frame:close:fin 2b"}, without_a_word},
        PeerCase{"ReservedOpcode", "1", {"wf:fin:c3:b'x'"}, {switched, "<< ws frame:close:fin 2b"}, without_a_word},
        PeerCase{"NoMask", "1", {"wf:fin:-mask:b'x'"}, {switched, "<< ws frame:close:fin 2b"}, without_a_word},
        PeerCase{"BrokenText", "1", {"wf:fin:b'\\xff'"}, {switched, "<< ws frame:close:fin 2b"}, without_a_word},
        PeerCase{"LongControl",
                 "1",
                 {"wf:fin:cping:b@126,ascii_letters"},
                 {switched, "<< ws frame:close:fin 2b"},
                 without_a_word}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::pathoc::test
