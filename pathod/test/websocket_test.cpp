// The daemon after a WebSocket handshake: what it answers, what it tells, and what it keeps in the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <regex>

#include "support/client.hpp"
#include "support/row_name.hpp"
#include "support/websocket_outcome.hpp"
#include "websocket/transcript.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using proxycore::record::Exchange;
using proxycore::websocket::test::masked;
using proxycore::websocket::test::plain;
using test::Client;
using test::handshake;
using test::outcome_of;
using testing::HasSubstr;
using testing::StartsWith;

// --- listening -------------------------------------------------------------------------------------------------------

struct ListenCase {
    std::string_view name;
    DaemonOptions options;
    std::string sent, received, shown;
};
void PrintTo(ListenCase const& row, std::ostream* out) { *out << row.name; }
class Listening : public testing::TestWithParam<ListenCase> {};

/// The client below each line of the daemon, which all but those of received frames are.
std::string with_clients(std::string const& shown) {
    static std::regex const own(
        "((crafting|Parse error|Error|Crafting|Response|Pauses|Bad|Invalid|Timeout)[^\\n]*\\n)");
    return std::regex_replace(shown, own, "$1from CLIENT\n");
}

TEST_P(Listening, SendsRequestedFramesAndLogsTheRest) {
    for (bool const in_pieces : {false, true}) {
        auto const outcome = outcome_of(GetParam().options, GetParam().sent, handshake(), in_pieces);
        EXPECT_THAT(outcome.head, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
        EXPECT_EQ(outcome.frames, GetParam().received);
        EXPECT_EQ(test::without_port(outcome.out), with_clients(GetParam().shown));
    }
}

std::string asking(std::string_view specs) { return masked(1, "pathod!" + std::string(specs)); }
/// What is shown of such a frame.
std::string asked(std::string_view specs, std::string_view more = "") {
    auto const payload = "pathod!" + std::string(specs);
    return "ws frame:text:fin|mask:key=b'abcd' " + std::to_string(payload.size()) + "b\nPayload:\n" + payload + "\n" +
           std::string(more);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, Listening,
    testing::Values(
        ListenCase{"Nothing", {}, "", "", ""},
        ListenCase{
            "Text", {}, masked(1, "hi\n\xff"), "", "ws frame:text:fin|mask:key=b'abcd' 4b\nPayload:\nhi\\n\\xff\n"},
        ListenCase{"ControlGetsNoResponse",
                   {},
                   masked(9, "x") + masked(8, ""),
                   "",
                   "ws frame:ping:fin|mask:key=b'abcd' 1b\nPayload:\nx\nws frame:close:fin|mask:key=b'abcd'\n"},
        ListenCase{"WhateverItIs",
                   {},
                   "\x73\0"s + plain(2, "ab", false),
                   "",
                   "ws frame:0x3:rsv1|rsv2|rsv3\nws frame:binary 2b\nPayload:\nab\n"},
        ListenCase{"LongPayload",
                   {},
                   masked(2, std::string(1030, 'a')),
                   "",
                   "ws frame:binary:fin|mask:key=b'abcd' 1.01k\nPayload:\n" + std::string(1024, 'a') +
                       "\n... and 6 bytes more\n"},
        ListenCase{"ShowsBytes",
                   {.show_requests = true, .hex = true},
                   masked(1, "hi"),
                   "",
                   "ws frame:text:fin|mask:key=b'abcd' 2b\nPayload:\nhi\nBytes read:\n"
                   "\t0000000000 81 82 61 62 63 64 09 0b                         ..abcd..\n"}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Reflected, Listening,
    testing::Values(
        ListenCase{
            "One", {}, asking("wf:b'hi'"), "\x01\x02hi"s, asked("wf:b'hi'", "crafting websocket spec: wf:b'hi'\n")},
        ListenCase{"OfAnUnmaskedFrame",
                   {},
                   plain(2, "pathod!wf:b'hi'"),
                   "\x01\x02hi"s,
                   "ws frame:binary:fin 15b\nPayload:\npathod!wf:b'hi'\ncrafting websocket spec: wf:b'hi'\n"},
        ListenCase{"Several",
                   {},
                   asking("wf:b'a' wf:cping"),
                   "\x01\x01"s
                   "a"
                   "\x09\0"s,
                   asked("wf:b'a' wf:cping", "crafting websocket spec: wf:b'a'\ncrafting websocket spec: wf:cping\n")},
        ListenCase{"Repeated",
                   {},
                   asking("wf:x2:b'a'"),
                   "\x01\x01"s
                   "a"
                   "\x01\x01"s
                   "a",
                   asked("wf:x2:b'a'", "crafting websocket spec: wf:b'a'\ncrafting websocket spec: wf:b'a'\n")},
        ListenCase{"NoTimes", {}, asking("wf:x0"), "", asked("wf:x0")},
        ListenCase{"InARow",
                   {},
                   asking("wf:b'a'") + asking("wf:b'b'"),
                   "\x01\x01"s
                   "a"
                   "\x01\x01"s
                   "b",
                   asked("wf:b'a'", "crafting websocket spec: wf:b'a'\n") +
                       asked("wf:b'b'", "crafting websocket spec: wf:b'b'\n")},
        ListenCase{"NothingBehindTheLeader", {}, asking(""), "", asked("")},
        ListenCase{"ShowsBytes",
                   {.show_responses = true},
                   asking("wf:b'hi'"),
                   "\x01\x02hi"s,
                   asked("wf:b'hi'", "crafting websocket spec: wf:b'hi'\nBytes written:\n\t..hi\n")},
        ListenCase{"Explained",
                   {.explain = true},
                   asking("wf:b'hi':da"),
                   "\x01\x02hi"s,
                   asked("wf:b'hi':da", "crafting websocket spec: wf:b'hi':da\n>> Spec: wf:b'hi':d5\n")},
        // L10: `d` really closes; what was asked for after it is not heard.
        ListenCase{"Disconnect",
                   {},
                   asking("wf:b'hi':d3") + asking("wf:b'late'"),
                   "\x01\x02h"s,
                   asked("wf:b'hi':d3", "crafting websocket spec: wf:b'hi':d3\n")},
        ListenCase{
            "ParseError",
            {},
            asking("wf:z") + asking("wf:b'late'"),
            "",
            asked("wf:z",
                  "Parse error in reflected frame specification: expected a frame feature (c l fin rsv1 rsv2 rsv3 "
                  "mask k x b r p t d i), a frame (wf:...) or the end\n")},
        ListenCase{
            "BadKey",
            {},
            asking("wf:k'abc'"),
            "",
            asked("wf:k'abc'",
                  "Error in reflected frame specification: a masking key has exactly 4 bytes, this one has 3\n")},
        ListenCase{"File",
                   {},
                   asking("wf:b<x"),
                   "",
                   asked("wf:b<x",
                         "Error in reflected frame specification: cannot load file 'x': no folder for files was "
                         "given\n")},
        ListenCase{"Nocraft", {.craft = false}, asking("wf"), "", asked("wf", "Crafting disabled.\n")},
        ListenCase{
            "Nohang", {.nohang = true}, asking("wf:p0,1"), "", asked("wf:p0,1", "Pauses have been disabled.\n")}),
    pathology::test::row_name);

TEST(ListeningLog, HasTheFramesOfBothSides) {
    auto const log = outcome_of({.show_responses = true}, masked(9, "x") + asking("wf:b'hi'")).log;
    ASSERT_EQ(log.size(), 3u);
    for (auto const& entry : log) EXPECT_EQ(entry.protocol, "websockets");
    EXPECT_EQ(log[0].type, Exchange::Type::inbound);
    EXPECT_EQ(log[0].frame->opcode, 9);
    EXPECT_EQ(log[0].frame->index, 0u);
    EXPECT_EQ(log[1].frame->payload, "pathod!wf:b'hi'");
    EXPECT_EQ(log[1].frame->index, 1u);
    EXPECT_EQ(log[2].type, Exchange::Type::crafted);
    EXPECT_EQ(log[2].response->spec, "wf:b'hi'");
    EXPECT_EQ(log[2].response->body, "hi");
    EXPECT_EQ(log[2].response->raw, "\x01\x02hi");
    EXPECT_EQ(log[2].response->bytes_written, 4u);
    EXPECT_EQ(log[2].frame->payload, "hi");
    EXPECT_EQ(log[2].frame->index, 0u);
}

struct ReflectedCase {
    std::string_view name, spec;
    std::string described, payload;  ///< of the frame in the log; no description = it has none
};
void PrintTo(ReflectedCase const& row, std::ostream* out) { *out << row.name; }
class ReflectedFrame : public testing::TestWithParam<ReflectedCase> {};

TEST_P(ReflectedFrame, IsInTheLogAsItWasSent) {
    auto const log = outcome_of({.keep_body = 10}, asking("wf wf:x2:cping") + asking(GetParam().spec)).log;
    ASSERT_EQ(log.size(), 6u);
    auto const& entry = log.back();
    EXPECT_EQ(entry.type, Exchange::Type::crafted);
    ASSERT_EQ(entry.frame.has_value(), !GetParam().described.empty());
    if (!entry.frame) return;
    EXPECT_EQ(describe(*entry.frame), GetParam().described);
    EXPECT_EQ(entry.frame->payload, GetParam().payload);
    EXPECT_EQ(entry.frame->index, 3u);  // behind three others, counted apart from those that were heard
}

INSTANTIATE_TEST_SUITE_P(Specs, ReflectedFrame,
                         testing::Values(ReflectedCase{"Text", "wf:fin:b'hi'", "ws frame:text:fin 2b", "hi"},
                                         ReflectedCase{"Masked", "wf:k'abcd':b'hi'",
                                                       "ws frame:text:mask:key=b'abcd' 2b", "hi"},
                                         ReflectedCase{"Liar", "wf:l5:rsv3:b'hi'", "ws frame:text:rsv3 2b", "hi"},
                                         ReflectedCase{"Large", "wf:cbinary:b@2m:i10,'0123456789':d1048576",
                                                       "ws frame:binary 1m", "0123456789"},
                                         ReflectedCase{"CutOff", "wf:b'hi':d1", "", ""}),
                         pathology::test::row_name);

TEST(ListeningLog, IsJsonToo) {
    auto const shown = outcome_of({.json = true}, asking("wf:b'hi':d1")).all;
    EXPECT_THAT(shown, HasSubstr(R"("type":"inbound","protocol":"websockets",)"));
    EXPECT_THAT(shown, HasSubstr(R"("payload":"pathod!wf:b'hi':d1","payload_size":18,"connection":0,"index":0})"));
    EXPECT_THAT(shown, HasSubstr(R"("response":{"body":"hi","body_size":2,"spec":"wf:b'hi':d1","disconnect":true,)"
                                 R"("bytes_written":1})"));
    auto const whole = outcome_of({.json = true}, asking("wf:b'hi'")).all;
    EXPECT_THAT(whole, HasSubstr(R"("bytes_written":4},"frame":{"opcode":1,"fin":false,"rsv1":false,"rsv2":false,)"
                                 R"("rsv3":false,"mask":false,"payload":"hi","payload_size":2,"connection":0,)"
                                 R"("index":0}})"));
}

TEST(Listening, KeepsALongSpecWhole) {
    auto const spec = "wf:b'" + std::string(100000, 'x') + "'";
    auto const outcome = outcome_of({.keep_body = 10}, asking(spec));
    EXPECT_EQ(outcome.frames.size(), 100010u);
    EXPECT_EQ(outcome.log.at(0).frame->payload, "pathod!wf:");
    EXPECT_EQ(outcome.log.at(0).frame->payload_size, spec.size() + 7);
}

TEST(Listening, SendsTheSameRandomFramesForTheSameSeed) {
    auto const sent = asking("wf:x2:b@20:mask");
    auto const first = outcome_of({.seed = 7}, sent).frames;
    EXPECT_EQ(first.size(), 2 * 26u);
    EXPECT_NE(first.substr(0, 26), first.substr(26));
    EXPECT_EQ(outcome_of({.seed = 7}, sent, handshake(), true).frames, first);
    EXPECT_NE(outcome_of({.seed = 8}, sent).frames, first);
}

TEST(Listening, ReportsAFrameThatPausesBeforeItIsOver) {
    DaemonOptions options;
    Daemon daemon(options);
    daemon.start().value();
    Client client(daemon.port());
    client.send(handshake() + asking("wf:b'hi':p3,f"));
    auto const entries = daemon.log().wait_for(3, 20s);
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->back().response->spec, "wf:b'hi':p3,f");
    EXPECT_FALSE(entries->back().finished);
    daemon.stop();
}

TEST(Listening, EndsAfterALongSilence) {
    Daemon daemon({.time_limit = 1s});
    daemon.start().value();
    Client client(daemon.port());
    client.send(handshake() + masked(1, "x"));
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 101 "));
    EXPECT_TRUE(daemon.wait_until_idle(20s));
    EXPECT_EQ(daemon.log().last()->type, Exchange::Type::timeout);
}

TEST(ListeningStops, WithoutAWord) {
    Daemon daemon;
    daemon.start().value();
    Client client(daemon.port());
    client.send(handshake() + asking("wf:b'hi'"));
    EXPECT_THAT(test::read_until(client, "\x02hi"), StartsWith("HTTP/1.1 101 "));
    daemon.stop();
    EXPECT_EQ(client.read_to_end(), "");
}

// --- who gets there --------------------------------------------------------------------------------------------------

struct OpeningCase {
    std::string_view name, request;
    DaemonOptions options;
    bool opens;
};
void PrintTo(OpeningCase const& row, std::ostream* out) { *out << row.name; }
class Opening : public testing::TestWithParam<OpeningCase> {};

TEST_P(Opening, LeadsToFramesOrNot) {
    auto const outcome = outcome_of(GetParam().options, asking("wf:b'hi'"), std::string(GetParam().request));
    EXPECT_EQ(outcome.frames.ends_with("\x01\x02hi"), GetParam().opens) << outcome.frames;
}

auto const any_path = handshake();
auto const lies = handshake("/p/ws:h'Sec-WebSocket-Accept'='lie':h'X'='y'");
auto const by_hand = handshake("/p/101:r:h'Upgrade'='websocket'");
auto const cut_off = handshake("/p/ws:d10");
auto const other = handshake("/p/200");
auto const closing_http = handshake("/chat", "Connection: close\r\n");

INSTANTIATE_TEST_SUITE_P(Handshakes, Opening,
                         testing::Values(OpeningCase{"AnyPath", any_path, {}, true},
                                         OpeningCase{"Lies", lies, {}, true}, OpeningCase{"ByHand", by_hand, {}, true},
                                         OpeningCase{"Anchor", any_path, {.anchors = {"/chat=ws:i0,'x'"}}, true},
                                         OpeningCase{"ConnectionClose", closing_http, {}, true},
                                         OpeningCase{"CutOff", cut_off, {}, false},
                                         OpeningCase{"AnotherResponse", other, {}, false},
                                         OpeningCase{"AnotherResponseVerbatim", other, {.verbatim = true}, true}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::pathod
