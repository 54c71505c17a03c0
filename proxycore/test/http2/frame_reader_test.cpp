// Frames out of bytes, with and without their payloads.
#include <gtest/gtest.h>

#include <pathology/proxycore/http2/describe.hpp>
#include <pathology/proxycore/http2/frame_follower.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>

#include "http2/frames.hpp"
#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using pathology::test::for_each_split;
using test::frame;

struct WireCase {
    std::string_view name;
    std::string wire, expected;
};

class FramesOf : public testing::TestWithParam<WireCase> {};

TEST_P(FramesOf, AreTheSameHoweverTheyArrive) {
    auto const make = [] { return FrameReader(); };
    for_each_split(GetParam().wire, make, [](FrameReader& reader, auto const& pieces) {
        std::string seen;
        for (auto const piece : pieces) {
            reader.feed(piece);
            while (auto const next = reader.next().value()) seen += encode(next->header).append(next->payload);
        }
        EXPECT_EQ(test::lines(seen.append(reader.buffered())), GetParam().expected);
    });
}

INSTANTIATE_TEST_SUITE_P(
    Wire, FramesOf,
    testing::Values(WireCase{"Nothing", "", ""}, WireCase{"PartOfAHeader", std::string(8, 'x'), "and 8 bytes\n"},
                    WireCase{"PartOfAPayload", test::data(1, "abc").substr(0, 11), "and 11 bytes\n"},
                    WireCase{"EmptyFrame", test::settings(), "SETTINGS\n"},
                    WireCase{"SomeFrames", test::get(3) + test::data(3, "x") + test::ping("12345678", flag::ack),
                             "HEADERS 3 END_STREAM,END_HEADERS\nDATA 3 'x'\nPING ACK 12345678\n"},
                    WireCase{"UnknownTypeAndFlags", frame(FrameType{0x99}, 0x40, 7, "?"), "0x99 7 0x40\n"}),
    pathology::test::row_name);

TEST(FrameReader, RefusesWhatIsLongerThanItsLimitForGood) {
    FrameReader reader(16384);
    reader.feed(test::data(1, std::string(16384, 'x')) + frame(FrameType::data, 0, 1, std::string(16385, 'x')));
    EXPECT_TRUE(reader.next().value().has_value());
    EXPECT_EQ(reader.next().error().code, ErrorCode::frame_size_error);
    EXPECT_EQ(reader.next().error().message, "a frame of 16385 bytes, where at most 16384 are allowed");
}

TEST(Describe, DescribesAHeader) {
    EXPECT_EQ(describe({.length = 20, .type = 1, .flags = 5, .stream = 1}),
              "HEADERS stream 1 END_STREAM,END_HEADERS 20 bytes");
    EXPECT_EQ(describe({.length = 0, .type = 4, .flags = 1}), "SETTINGS ACK 0 bytes");
    EXPECT_EQ(describe({.length = 1, .type = 0x99, .flags = 0, .reserved = true}), "0x99 R 1 bytes");
}

TEST(FrameScanner, FindsEveryBoundaryHoweverTheBytesArrive) {
    auto const wire = test::get(1) + test::settings() + test::data(1, "abc");
    auto const make = [] { return FrameScanner(); };
    for_each_split(wire, make, [](FrameScanner& scanner, auto const& pieces) {
        std::string types;
        for (auto piece : pieces) {
            while (!piece.empty()) {
                auto const step = scanner.advance(piece);
                ASSERT_GT(step.size, 0U);
                if (step.header) types += name(FrameType{step.header->type}) + " ";
                piece.remove_prefix(step.size);
                if (scanner.is_at_boundary()) types += "| ";
            }
        }
        EXPECT_EQ(types, "HEADERS | SETTINGS | DATA | ");
    });
}

TEST(FrameScanner, IsInsideAFrameUntilItsLastByte) {
    FrameScanner scanner;
    auto const wire = test::data(1, "abc");
    EXPECT_TRUE(scanner.is_at_boundary());
    for (std::size_t i = 0; i + 1 < wire.size(); ++i) {
        scanner.advance(wire.substr(i, 1));
        EXPECT_FALSE(scanner.is_at_boundary()) << i;
    }
    scanner.advance(wire.substr(wire.size() - 1));
    EXPECT_TRUE(scanner.is_at_boundary());
}

TEST(FrameFollower, GivesWholeFramesHoweverTheBytesArrive) {
    auto const wire = test::settings("abcdef") + test::data(1, "abc") + test::ping("12345678");
    auto const make = [] { return FrameFollower(); };
    for_each_split(wire, make, [](FrameFollower& follower, auto const& pieces) {
        std::string frames;
        for (auto piece : pieces) {
            while (auto const frame = follower.next(piece))
                frames += name(FrameType{frame->header.type}) + " " + std::string(frame->payload) + "\n";
        }
        EXPECT_EQ(frames, "SETTINGS abcdef\nDATA \nPING 12345678\n");
        EXPECT_TRUE(follower.is_at_boundary());
    });
}

TEST(FrameFollower, KeepsTheBeginOfALongPayload) {
    auto const wire = test::settings(std::string(FrameFollower::max_kept, 'x') + "yyyyyy") + test::settings();
    std::string_view left = wire;
    FrameFollower follower;
    auto const first = follower.next(left);
    EXPECT_EQ(first.value().payload, std::string(FrameFollower::max_kept, 'x'));
    EXPECT_EQ(follower.next(left).value().payload, "");
    EXPECT_FALSE(follower.next(left));
}

TEST(FrameReader, AllowsMoreAndNeverLess) {
    FrameReader reader(3);
    reader.allow(4);
    reader.allow(2);
    reader.feed(test::data(1, "abcd"));
    EXPECT_EQ(reader.next().value().value().payload, "abcd");
}

TEST(FrameScanner, StartsAnewWhenReset) {
    FrameScanner scanner;
    scanner.advance("abc");
    scanner.reset();
    EXPECT_TRUE(scanner.is_at_boundary());
    EXPECT_EQ(scanner.advance(test::settings()).header->type, std::uint8_t{4});
}

}  // namespace
}  // namespace pathology::proxycore::http2
