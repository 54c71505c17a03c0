// WebSockets whose frames break the rules, or that end in the middle of something, on either side (P16).
#include <gmock/gmock.h>

#include <sstream>
#include <tuple>

#include "faults/fault_fixture.hpp"

namespace pathology::integration {
namespace {

enum class Who { client, server };

struct FrameFault {
    char const* name;
    std::string frames;
    std::uint16_t code;       ///< with which the flow ends
    bool is_reported = true;  ///< the client reads a close frame with that code
};
void PrintTo(FrameFault const& row, std::ostream* out) { *out << row.name; }
void PrintTo(Who who, std::ostream* out) { *out << (who == Who::client ? "Client" : "Server"); }

class P16_WebSocketFault : public testing::TestWithParam<std::tuple<Who, Topology, FrameFault>> {};

std::vector<std::string> frames_of(std::string_view spec) {
    std::vector<std::string> frames;
    std::istringstream words{std::string(spec)};
    for (std::string frame; words >> frame;) frames.push_back(frame);
    return frames;
}

/// What makes pathod send these frames: one of ours for each, with its specification in other quotes.
std::string asked_for(std::string_view spec) {
    std::string client;
    for (auto const& frame : frames_of(spec)) {
        std::string inner = frame.find("mask") == frame.npos ? "wf:-mask" + frame.substr(2) : frame;
        client += "wf:fin:f'";
        for (char const c : inner) client += c == '\'' ? "\"" : c == '\\' ? "\\\\" : std::string(1, c);
        client += "' ";
    }
    return client;
}

/// Reads until the other side closes; gives the code of its close frame, 0 when none came.
unsigned close_code_for(pathoc::Client& client) {
    for (;;) {
        auto const frame = client.receive_frame();
        if (!frame) return 0;
        if (frame->opcode != 8) continue;
        auto const& payload = frame->payload;
        if (payload.size() < 2) return 1005;
        return static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
    }
}

TEST_P(P16_WebSocketFault, EndsBothSidesWithItsCode) {
    auto const& [who, topology, row] = GetParam();
    FaultFixture fixture({.topology = topology, .websocket_echo = who == Who::client});
    fixture.daemon.on("/crafted$", "ws");
    auto client = fixture.client();
    auto const path = fixture.target(who == Who::client ? "/echo" : "/crafted");
    ASSERT_EQ(result_of(client, client.request("ws:get:'" + path + "'")).status, 101U);
    (void)client.send(who == Who::client ? row.frames : asked_for(row.frames));
    EXPECT_EQ(close_code_for(client), row.is_reported ? row.code : 0U);
    client.close();
    ASSERT_TRUE(fixture.hooks->wait_for("client_disconnected"));
    fixture.expect_good_end();

    auto const hooks = fixture.hooks->flow_hooks().at(topology == Topology::tunnel ? 1 : 0);
    auto const asked = who == Who::server ? frames_of(row.frames).size() : 0;  // each a message, too
    EXPECT_EQ(hooks, "requestheaders request responseheaders response websocket_start " +
                         repeated("websocket_message ", asked) + "websocket_end");
    auto const flow = fixture.proxy.flows().at(0);
    ASSERT_TRUE(flow.close);
    EXPECT_EQ(flow.close->code, row.code) << flow.close->reason;
    EXPECT_EQ(flow.close->by_client, who == Who::client);
}

std::string name_of(testing::TestParamInfo<P16_WebSocketFault::ParamType> const& info) {
    auto const& [who, topology, row] = info.param;
    return std::string(row.name) + "_" + testing::PrintToString(who) + testing::PrintToString(topology);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, P16_WebSocketFault,
    testing::Combine(
        testing::Values(Who::client, Who::server),
        testing::Values(Topology::regular, Topology::tunnel, Topology::reverse, Topology::socks5),
        testing::Values(FrameFault{"ReservedBit1", "wf:fin:rsv1:b'hi'", 1002},
                        FrameFault{"ReservedBit2", "wf:fin:rsv2:b'hi'", 1002},
                        FrameFault{"ReservedBit3", "wf:fin:rsv3:b'hi'", 1002},
                        FrameFault{"ReservedOpcode3", "wf:fin:c3:b'hi'", 1002},
                        FrameFault{"ReservedOpcode15", "wf:fin:c15", 1002},
                        FrameFault{"APingInPieces", "wf:cping:b'hi'", 1002},
                        FrameFault{"ALongPing", "wf:fin:cping:b@126", 1002},
                        FrameFault{"ALongPong", "wf:fin:cpong:b@126", 1002},
                        FrameFault{"ALongClose", "wf:fin:cclose:b'" + repeated("\\x03\\xe8", 63) + "'", 1002},
                        FrameFault{"AContinuationOfNothing", "wf:fin:ccontinue:b'hi'", 1002},
                        FrameFault{"AMessageInAMessage", "wf:b'one' wf:fin:b'two'", 1002},
                        FrameFault{"TextThatIsNone", "wf:fin:b'\\xff\\xfe'", 1007},
                        FrameFault{"TextThatStopsInACharacter", "wf:fin:b'ab\\xc3'", 1007},
                        FrameFault{"TextOfASurrogate", "wf:fin:b'\\xed\\xa0\\x80'", 1007},
                        FrameFault{"TextThatIsNoneFurtherOn", "wf:b'ab\\xc3' wf:ccontinue:b'('", 1007},
                        FrameFault{"ACloseOfOneByte", "wf:fin:cclose:b'\\x03'", 1002},
                        FrameFault{"ACloseWithCode0", "wf:fin:cclose:b'\\x00\\x00'", 1002},
                        FrameFault{"ACloseWithCode999", "wf:fin:cclose:b'\\x03\\xe7'", 1002},
                        FrameFault{"ACloseWithCode1005", "wf:fin:cclose:b'\\x03\\xed'", 1002},
                        FrameFault{"ACloseWithCode1006", "wf:fin:cclose:b'\\x03\\xee'", 1002},
                        FrameFault{"ACloseWithCode5000", "wf:fin:cclose:b'\\x13\\x88'", 1002},
                        FrameFault{"ACloseWithAReasonThatIsNoText", "wf:fin:cclose:b'\\x03\\xe8\\xff'", 1007},
                        FrameFault{"ALengthOf64Bits", "wf:fin:cbinary:l9223372036854775808:b'hi'", 1002},
                        FrameFault{"ALengthOverTheLimit", "wf:fin:cbinary:l1000000000000:b'hi'", 1009})),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Stops, P16_WebSocketFault,
    testing::Combine(testing::Values(Who::client, Who::server),
                     testing::Values(Topology::regular, Topology::tunnel, Topology::reverse, Topology::socks5),
                     testing::Values(FrameFault{"BeforeAnyByte", "wf:fin:b'hello':d0", 1006, false},
                                     FrameFault{"InAHeader", "wf:fin:b'hello':d1", 1006, false},
                                     FrameFault{"InAPayload", "wf:fin:cbinary:b@1k:d500", 1006, false},
                                     FrameFault{"BehindAFragment", "wf:b'hello':da", 1006, false},
                                     FrameFault{"BehindAPing", "wf:fin:cping:b'hello':da", 1006, false})),
    name_of);

INSTANTIATE_TEST_SUITE_P(Masks, P16_WebSocketFault,
                         testing::Combine(testing::Values(Who::client),
                                          testing::Values(Topology::regular, Topology::reverse),
                                          testing::Values(FrameFault{"NoMask", "wf:fin:-mask:b'hi'", 1002})),
                         name_of);

INSTANTIATE_TEST_SUITE_P(MasksOfServers, P16_WebSocketFault,
                         testing::Combine(testing::Values(Who::server),
                                          testing::Values(Topology::regular, Topology::reverse),
                                          testing::Values(FrameFault{"AMask", "wf:fin:mask:b'hi'", 1002})),
                         name_of);

}  // namespace
}  // namespace pathology::integration
