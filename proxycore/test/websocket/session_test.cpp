// The situations of the Autobahn test suite as tables, for a server unless said otherwise.
#include <gmock/gmock.h>

#include <array>
#include <ostream>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <vector>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"
#include "websocket/transcript.hpp"

namespace pathology::proxycore::websocket {
namespace {

using namespace std::string_literals;
using test::closing;
using test::masked;
using test::masked_with;
using test::plain;
using test::Transcript;

struct TranscriptCase {
    std::string_view name;
    std::string wire;
    std::string received, sent;
};
void PrintTo(TranscriptCase const& row, std::ostream* out) { *out << row.name; }

SessionSettings client_settings() {
    SessionSettings settings;
    settings.role = Role::client;
    settings.masking_key = [] { return MaskingKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}}; };
    return settings;
}

void check(TranscriptCase const& row, SessionSettings const& settings = {}) {
    pathology::test::for_each_split(
        row.wire, [&] { return Session(settings); },
        [&](Session& endpoint, pathology::test::Pieces pieces) {
            Transcript const expected{row.received, row.sent};
            EXPECT_EQ(test::transcribe(endpoint, pieces), expected);
        });
}

class SessionReads : public testing::TestWithParam<TranscriptCase> {};
TEST_P(SessionReads, HoweverTheBytesAreCut) { check(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Messages, SessionReads,
    testing::Values(TranscriptCase{"EmptyText", masked(1, ""), "text", ""},
                    TranscriptCase{"Text", masked(1, "Hello"), "text Hello", ""},
                    TranscriptCase{"Binary", masked(2, "\xff\0"s), "binary \\xff\\x00", ""},
                    TranscriptCase{"EmptyBinary", masked(2, ""), "binary", ""},
                    TranscriptCase{"SevenBitLength", masked(1, std::string(125, 'a')), "text of 125", ""},
                    TranscriptCase{"SixteenBitLength", masked(1, std::string(126, 'a')), "text of 126", ""},
                    TranscriptCase{"Two", masked(1, "a") + masked(2, "b"), "text a | binary b", ""}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Pings, SessionReads,
    testing::Values(TranscriptCase{"Empty", masked(9, ""), "ping", "pong"},
                    TranscriptCase{"WithPayload", masked(9, "Hello"), "ping Hello", "pong Hello"},
                    TranscriptCase{"BinaryPayload", masked(9, "\0\xff\xfe"s), "ping \\x00\\xff\\xfe",
                                   "pong \\x00\\xff\\xfe"},
                    TranscriptCase{"Longest", masked(9, std::string(125, 'p')), "ping of 125", "pong of 125"},
                    TranscriptCase{"TooLong", masked(9, std::string(126, 'p')), "! ping frame of 126 bytes",
                                   "close 1002 ping frame of 126 bytes"},
                    TranscriptCase{"Ten", masked(9, "1") + masked(9, "2") + masked(9, "3"), "ping 1 | ping 2 | ping 3",
                                   "pong 1 | pong 2 | pong 3"},
                    TranscriptCase{"UnsolicitedPong", masked(10, "x") + masked(9, "y"), "pong x | ping y", "pong y"}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(ReservedBits, SessionReads,
                         testing::Values(TranscriptCase{"Rsv1", masked_with(0x40, 1, "x"), "! RSV1 in a text frame",
                                                        "close 1002 RSV1 in a text frame"},
                                         TranscriptCase{"Rsv2AfterAText", masked(1, "a") + masked_with(0x20, 1, "x"),
                                                        "text a | ! RSV2 in a text frame",
                                                        "close 1002 RSV2 in a text frame"},
                                         TranscriptCase{"Rsv3", masked_with(0x10, 2, ""), "! RSV3 in a binary frame",
                                                        "close 1002 RSV3 in a binary frame"},
                                         TranscriptCase{"InAPing", masked_with(0x60, 9, ""), "! RSV1 in a ping frame",
                                                        "close 1002 RSV1 in a ping frame"},
                                         TranscriptCase{"InAClose", masked_with(0x30, 8, ""), "! RSV2 in a close frame",
                                                        "close 1002 RSV2 in a close frame"}),
                         pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Opcodes, SessionReads,
    testing::Values(TranscriptCase{"Three", masked(3, ""), "! reserved opcode 0x3", "close 1002 reserved opcode 0x3"},
                    TranscriptCase{"Four", masked(4, "x"), "! reserved opcode 0x4", "close 1002 reserved opcode 0x4"},
                    TranscriptCase{"SevenAfterAText", masked(1, "a") + masked(7, ""), "text a | ! reserved opcode 0x7",
                                   "close 1002 reserved opcode 0x7"},
                    TranscriptCase{"Eleven", masked(11, ""), "! reserved opcode 0xb", "close 1002 reserved opcode 0xb"},
                    TranscriptCase{"Fifteen", masked(15, "x"), "! reserved opcode 0xf",
                                   "close 1002 reserved opcode 0xf"}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Fragments, SessionReads,
    testing::Values(
        TranscriptCase{"Two", masked(1, "Hel", false) + masked(0, "lo"), "text Hello", ""},
        TranscriptCase{"EmptyOnes", masked(1, "", false) + masked(0, "", false) + masked(0, ""), "text", ""},
        TranscriptCase{"EmptyAroundSome", masked(2, "", false) + masked(0, "mid", false) + masked(0, ""), "binary mid",
                       ""},
        TranscriptCase{"PingBetween", masked(1, "Hel", false) + masked(9, "!") + masked(0, "lo"), "ping ! | text Hello",
                       "pong !"},
        TranscriptCase{
            "PingsAndPongsBetween",
            masked(1, "a", false) + masked(9, "1") + masked(0, "b", false) + masked(10, "2") + masked(0, "c"),
            "ping 1 | pong 2 | text abc", "pong 1"},
        TranscriptCase{"CharacterCutInTwo", masked(1, "\xce", false) + masked(0, "\xba"), "text \\xce\\xba", ""},
        TranscriptCase{"OfAPing", masked(9, "", false) + masked(0, ""), "! fragmented ping frame",
                       "close 1002 fragmented ping frame"},
        TranscriptCase{"OfAPong", masked(10, "x", false), "! fragmented pong frame",
                       "close 1002 fragmented pong frame"},
        TranscriptCase{"OfAClose", masked(8, "", false), "! fragmented close frame",
                       "close 1002 fragmented close frame"},
        TranscriptCase{"OfNothing", masked(0, "x"), "! continuation of no message",
                       "close 1002 continuation of no message"},
        TranscriptCase{"OfNothingUnfinished", masked(0, "x", false), "! continuation of no message",
                       "close 1002 continuation of no message"},
        TranscriptCase{"AfterTheLast", masked(1, "a", false) + masked(0, "b") + masked(0, "c"),
                       "text ab | ! continuation of no message", "close 1002 continuation of no message"},
        TranscriptCase{"TextInside", masked(1, "a", false) + masked(1, "b"), "! text frame inside a fragmented message",
                       "close 1002 text frame inside a fragmented message"},
        TranscriptCase{"BinaryInside", masked(1, "a", false) + masked(2, "b", false),
                       "! binary frame inside a fragmented message",
                       "close 1002 binary frame inside a fragmented message"},
        TranscriptCase{"CloseInside", masked(1, "a", false) + masked(8, closing(1000)), "close 1000", "close 1000"}),
    pathology::test::row_name);

constexpr auto no_text = "! text message that is no UTF-8";
constexpr auto not_text = "close 1007 text message that is no UTF-8";

INSTANTIATE_TEST_SUITE_P(
    Utf8, SessionReads,
    testing::Values(TranscriptCase{"Greek", masked(1, "\xce\xba\xe1\xbd\xb9"), "text \\xce\\xba\\xe1\\xbd\\xb9", ""},
                    TranscriptCase{"Surrogate", masked(1, "\xed\xa0\x80 and more"), no_text, not_text},
                    TranscriptCase{"EndsInsideACharacter", masked(1, "a\xf0\x9f\x98"), no_text, not_text},
                    TranscriptCase{"EndsInsideAfterFragments", masked(1, "a\xf0", false) + masked(0, "\x9f\x98"),
                                   no_text, not_text},
                    TranscriptCase{"NotOfBinary", masked(2, "\xed\xa0\x80"), "binary \\xed\\xa0\\x80", ""},
                    // RFC 6455 §8.1, as soon as it is known: what follows has not come yet.
                    TranscriptCase{"FailsInAnUnfinishedMessage", masked(1, "\xed\xa0\x80", false), no_text, not_text},
                    TranscriptCase{"FailsInAnUnfinishedFrame", masked(1, "\xf4\x90 and a long rest").substr(0, 8),
                                   no_text, not_text},
                    TranscriptCase{"FailsInALaterFragment", masked(1, "\xce\xba", false) + masked(0, "\xff", false),
                                   no_text, not_text}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Closing, SessionReads,
    testing::Values(TranscriptCase{"WithoutCode", masked(8, ""), "close", "close"},
                    TranscriptCase{"Normal", masked(8, closing(1000)), "close 1000", "close 1000"},
                    TranscriptCase{"WithReason", masked(8, closing(1001, "bye")), "close 1001 bye", "close 1001"},
                    TranscriptCase{"LongestReason", masked(8, closing(1000, std::string(123, 'r'))),
                                   "close 1000 " + std::string(123, 'r'), "close 1000"},
                    TranscriptCase{"TooLong", masked(8, "\x03\xe8" + std::string(124, 'r')),
                                   "! close frame of 126 bytes", "close 1002 close frame of 126 bytes"},
                    TranscriptCase{"OneByte", masked(8, "\x03"), "! close frame of one byte",
                                   "close 1002 close frame of one byte"},
                    TranscriptCase{"ReasonIsNoUtf8", masked(8, closing(1000, "\xce\xff")),
                                   "! close reason that is no UTF-8", "close 1007 close reason that is no UTF-8"},
                    TranscriptCase{"TwiceIsOnce", masked(8, "") + masked(8, closing(1000)), "close", "close"},
                    TranscriptCase{"NothingIsReadAfterIt", masked(8, closing(1000)) + masked(9, "x") + "\xff\xff\xff"s,
                                   "close 1000", "close 1000"}),
    pathology::test::row_name);

TranscriptCase valid_code(std::string_view name, std::uint16_t code) {
    auto const close = "close " + std::to_string(code);
    return {name, masked(8, closing(code)), close, close};
}
TranscriptCase invalid_code(std::string_view name, std::uint16_t code) {
    auto const what = "close code " + std::to_string(code) + " must not be sent";
    return {name, masked(8, closing(code)), "! " + what, "close 1002 " + what};
}

INSTANTIATE_TEST_SUITE_P(
    CloseCodes, SessionReads,
    testing::Values(valid_code("C1000", 1000), valid_code("C1003", 1003), valid_code("C1007", 1007),
                    valid_code("C1011", 1011), valid_code("C1014", 1014), valid_code("C3000", 3000),
                    valid_code("C3999", 3999), valid_code("C4000", 4000), valid_code("C4999", 4999),
                    invalid_code("C0", 0), invalid_code("C999", 999), invalid_code("C1004", 1004),
                    invalid_code("C1005", 1005), invalid_code("C1006", 1006), invalid_code("C1015", 1015),
                    invalid_code("C1016", 1016), invalid_code("C1100", 1100), invalid_code("C2000", 2000),
                    invalid_code("C2999", 2999), invalid_code("C5000", 5000), invalid_code("C65535", 65535)),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Lengths, SessionReads,
    testing::Values(
        TranscriptCase{"LongerFormThanNeeded", "\x81\xfe\0\x05"s + "abcdHello",
                       "! length 5 in a longer form than needed", "close 1002 length 5 in a longer form than needed"},
        TranscriptCase{"LongestFormForLittle", "\x81\xff\0\0\0\0\0\0\x01\0"s + "abcd",
                       "! length 256 in a longer form than needed",
                       "close 1002 length 256 in a longer form than needed"},
        TranscriptCase{"HighestBit", "\x82\xff\x80\0\0\0\0\0\0\0"s + "abcd", "! length with its highest bit set",
                       "close 1002 length with its highest bit set"},
        TranscriptCase{"MoreThanAllowed", "\x82\xff\0\0\0\0\x7f\xff\xff\xff"s + "abcd",
                       "! binary frame of 2147483647 bytes, more than the 67108864 that are allowed",
                       "close 1009 binary frame of 2147483647 bytes, more than the 67108864 that are allowed"},
        TranscriptCase{"Unmasked", plain(1, "x"), "! unmasked text frame of a client",
                       "close 1002 unmasked text frame of a client"}),
    pathology::test::row_name);

TEST(Session, LimitsMessagesOfManyFragments) {
    SessionSettings settings;
    settings.largest_message = 4;
    check({"Fits", masked(1, "ab", false) + masked(0, "cd"), "text abcd", ""}, settings);
    auto const what = "message of more than the 4 bytes that are allowed"s;
    check({"TooLong", masked(1, "ab", false) + masked(0, "cde", false), "! " + what, "close 1009 " + what}, settings);
}

TEST(Session, IsStrictAsAClientToo) {
    check({"Text", plain(1, "Hello") + plain(9, "x"), "text Hello | ping x", "pong x"}, client_settings());
    check({"Masked", masked(1, "x"), "! masked text frame of a server", "close 1002 masked text frame of a server"},
          client_settings());
}

TEST(Session, MasksWhatAClientSends) {
    Session endpoint(client_settings());
    endpoint.send({true, "Hello"});
    EXPECT_EQ(endpoint.outgoing(), "\x81\x85\x01\x02\x03\x04Igohn");
    endpoint.clear_outgoing();
    EXPECT_EQ(endpoint.outgoing(), "");
}

TEST(Session, SendsWhatItIsAskedTo) {
    Session endpoint;
    endpoint.send({true, "t"});
    endpoint.send({false, "b"});
    endpoint.ping("p" + std::string(200, 'p'));
    endpoint.close({1001, "bye"});
    endpoint.send({true, "too late"});
    endpoint.ping("too late");
    endpoint.close();
    EXPECT_EQ(test::shown_frames(endpoint.outgoing()), "text t | binary b | ping of 125 | close 1001 bye");
}

TEST(Session, IsOverWhenBothSidesHaveClosed) {
    Session first;
    EXPECT_TRUE(first.is_open());
    first.close();
    EXPECT_FALSE(first.is_open());
    EXPECT_FALSE(first.is_over());
    auto const late = masked(1, "still on its way") + masked(9, "x") + masked(8, closing(1000));
    std::string_view const piece = late;
    Transcript const expected{"text still on its way | ping x | close 1000", "close 1000"};
    EXPECT_EQ(test::transcribe(first, {&piece, 1}), expected);
    EXPECT_TRUE(first.is_over());

    Session second;
    second.feed(masked(8, ""));
    ASSERT_TRUE(second.next().has_value());
    EXPECT_TRUE(second.is_over());
}

TEST(Session, IsOverAfterAViolationAndReportsItAgain) {
    Session endpoint;
    endpoint.feed(masked(3, ""));
    EXPECT_EQ(endpoint.next().error().code, Errc::reserved_opcode);
    EXPECT_TRUE(endpoint.is_over());
    endpoint.feed(masked(1, "x"));
    EXPECT_EQ(endpoint.next().error().code, Errc::reserved_opcode);
}

TEST(Session, ReportsTheFragmentsOfAMessageAndSendsThemAgain) {
    Session server;
    server.feed(masked(1, "ab", false) + masked(9, "x") + masked(0, "", false) + masked(0, "cde"));
    ASSERT_TRUE(std::holds_alternative<Ping>(server.next().value().value()));
    auto const message = std::get<Message>(server.next().value().value());
    EXPECT_EQ(message.payload, "abcde");
    EXPECT_THAT(message.fragments, testing::ElementsAre(2, 0, 3));
    server.clear_outgoing();
    server.send(message);
    EXPECT_EQ(server.outgoing(), plain(1, "ab", false) + plain(0, "", false) + plain(0, "cde"));

    server.feed(masked(2, "whole"));
    EXPECT_TRUE(std::get<Message>(server.next().value().value()).fragments.empty());
}

TEST(Session, ReportsOnlySoManyFragments) {
    Session server;
    for (std::size_t i = 0; i < max_fragment_sizes + 10; ++i) server.feed(masked(i == 0 ? 2 : 0, "x", false));
    server.feed(masked(0, "last"));
    auto const message = std::get<Message>(server.next().value().value());
    ASSERT_EQ(message.fragments.size(), max_fragment_sizes);
    EXPECT_EQ(message.fragments.front(), 1U);
    EXPECT_EQ(message.fragments.back(), 11U + 4U);
}

TEST(Session, LeavesResponsesToARelay) {
    SessionSettings settings;
    settings.responds = false;
    check({"Nothing", masked(9, "x") + masked(8, closing(4001, "bye")), "ping x | close 4001 bye", ""}, settings);
    Session server(settings);
    server.feed(masked(8, closing(4001)));
    ASSERT_TRUE(server.next().has_value());
    EXPECT_FALSE(server.is_over());
    server.pong("x");
    server.close({4001, "bye"});
    EXPECT_EQ(test::shown_frames(server.outgoing()), "pong x | close 4001 bye");
    EXPECT_TRUE(server.is_over());
}

TEST(Session, EchoesLargeMessages) {
    for (std::size_t const size : {65535U, 65536U, 1U << 20U}) {
        Session server;
        Session client(client_settings());
        std::string const payload(size, 'x');
        client.send({true, payload});
        for (auto wire = client.outgoing(); !wire.empty();) {
            auto const piece = wire.substr(0, 1460);
            wire.remove_prefix(piece.size());
            test::transcribe(server, {&piece, 1}, true);
        }
        client.feed(server.outgoing());
        auto const event = client.next().value();
        ASSERT_TRUE(event);
        Message const expected{true, payload};
        EXPECT_EQ(std::get<Message>(*event), expected);
    }
}

// --- large compressed messages ---------------------------------------------------------------------------------------

/// Both ends with permessage-deflate.
struct CompressingPair {
    CompressingPair() {
        auto settings = client_settings();
        settings.deflate.emplace();
        client = Session(std::move(settings));
        SessionSettings of_server;
        of_server.deflate.emplace();
        server = Session(std::move(of_server));
    }
    /// Sends to its end; returns the number of steps.
    static int send(Session& from, Message const& message) {
        from.start_sending(message);
        int steps = 1;
        for (; from.is_sending(); ++steps) from.send_step();
        return steps;
    }
    /// The message that comes next; `steps` is the number of calls.
    static std::string receive(Session& by, int& steps) {
        for (steps = 1;; ++steps) {
            auto const event = by.next_step().value();
            if (event) return std::string(std::get<Message>(*event).payload);
            if (!by.wants_next()) return "nothing";
        }
    }

    Session client, server;
};

/// A few bytes may decompress to very many: a call does a part of it.
TEST(SessionWithDeflate, DecompressesALargeMessageInSteps) {
    CompressingPair pair;
    std::string const zeros(20 << 20, '0');
    EXPECT_GT(CompressingPair::send(pair.client, {true, zeros}), 10);
    EXPECT_LT(pair.client.outgoing().size(), 100'000U);
    pair.server.feed(pair.client.outgoing());
    int steps = 0;
    EXPECT_TRUE(CompressingPair::receive(pair.server, steps) == zeros);
    EXPECT_GT(steps, 9);
    EXPECT_EQ(CompressingPair::receive(pair.server, steps), "nothing");
}

TEST(SessionWithDeflate, KeepsFragmentsAndOrderOfLargeMessages) {
    CompressingPair pair;
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ' ';
    std::array<std::size_t, 3> const sizes{1, 2, 3};
    pair.client.start_sending({true, text, sizes});
    EXPECT_TRUE(pair.client.is_sending());
    pair.client.ping("between");
    pair.client.send({true, std::string_view(text).substr(0, 100)});  // completes the first one
    EXPECT_FALSE(pair.client.is_sending());
    pair.client.start_sending({false, text});
    pair.client.close();  // the same
    pair.server.feed(pair.client.outgoing());
    std::vector<std::string> received;
    std::size_t fragments = 0;
    for (bool is_closed = false; !is_closed;) {
        auto const event = pair.server.next_step().value();
        if (!event) {
            ASSERT_TRUE(pair.server.wants_next());
            continue;
        }
        if (auto const* message = std::get_if<Message>(&*event)) {
            received.emplace_back(message->payload);
            fragments = std::max(fragments, message->fragments.size());
        } else if (std::holds_alternative<Ping>(*event)) {
            received.emplace_back("ping");
        } else {
            is_closed = true;
        }
    }
    EXPECT_TRUE((received == std::vector<std::string>{"ping", text, text.substr(0, 100), text}));
    EXPECT_EQ(fragments, 3U);
}

TEST(SessionWithDeflate, LimitsALargeMessageWhereverTheBytesAreCut) {
    for (std::size_t const piece : {1U, 1000U, 1U << 20U}) {
        CompressingPair pair;
        SessionSettings settings;
        settings.deflate.emplace();
        settings.largest_message = 3 << 20;
        pair.server = Session(settings);
        std::string const zeros((3 << 20) + 1, '0');
        CompressingPair::send(pair.client, {true, zeros});
        auto wire = pair.client.outgoing();
        Session::Outcome outcome = std::optional<Event>();
        while (!wire.empty() && outcome) {
            pair.server.feed(wire.substr(0, piece));
            wire.remove_prefix(std::min(piece, wire.size()));
            outcome = pair.server.next();
            ASSERT_FALSE(outcome && *outcome);
        }
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, Errc::too_large);
    }
}

}  // namespace
}  // namespace pathology::proxycore::websocket
