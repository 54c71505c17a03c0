// The built program beside a WebSocket client that is not ours.
#include <gtest/gtest.h>

#include <csignal>

#include "support/program.hpp"
#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

using test::Program;

constexpr auto python = "/usr/bin/python3";  // the one that Debian's python3-websockets belongs to

struct PeerCase {
    std::string_view name;
    std::vector<std::string> arguments;
    std::string script;  ///< a function of websocket_peer.py
};
void PrintTo(PeerCase const& row, std::ostream* out) { *out << row.name; }
class WebsocketPeer : public testing::TestWithParam<PeerCase> {};

TEST_P(WebsocketPeer, IsServed) {
    if (pathology::test::run(python, {"-c", "import websockets"}).status != 0)
        GTEST_SKIP() << "python3-websockets is not installed";
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"-p", "0"});
    Program program(arguments);
    auto const greeting = program.read_line();
    auto const port = greeting.substr(greeting.rfind(':') + 1);
    auto const peer = pathology::test::run(python, {WEBSOCKET_PEER, port, GetParam().script});
    EXPECT_EQ(peer.out, "ok\n") << peer.err;
    EXPECT_EQ(peer.status, 0);
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Python, WebsocketPeer,
    testing::Values(PeerCase{"Plain", {"--ws-echo"}, "plain"}, PeerCase{"Compressed", {"--ws-echo"}, "compressed"},
                    PeerCase{"CompressedWithoutTakeover", {"--ws-echo"}, "compressed_without_takeover"},
                    PeerCase{"BrokenText", {"--ws-echo"}, "broken_text"},
                    PeerCase{"Subprotocol", {"--ws-echo"}, "subprotocol"}, PeerCase{"Crafting", {}, "crafting"},
                    PeerCase{"Lying", {}, "lying"}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::pathod
