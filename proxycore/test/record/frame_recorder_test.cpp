#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/record/frame_recorder.hpp>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"
#include "websocket/transcript.hpp"

namespace pathology::proxycore::record {
namespace {

using namespace std::string_literals;
using websocket::test::masked;
using websocket::test::plain;

TEST(FrameRecorder, KeepsTheFirstBytesAndCountsAll) {
    auto const wire = masked(1, "Hello") + plain(2, "abc", false) + plain(9, "");
    test::for_each_split(
        wire, [] { return FrameRecorder({.payload = 4}); },
        [](FrameRecorder& recorder, test::Pieces pieces) {
            std::vector<RecordedFrame> frames;
            for (auto const piece : pieces) {
                recorder.feed(piece);
                while (auto frame = recorder.next()) frames.push_back(*frame);
            }
            ASSERT_EQ(frames.size(), 3u);
            EXPECT_EQ(frames[0].payload, "Hell");
            EXPECT_EQ(frames[0].payload_size, 5u);
            EXPECT_EQ(frames[0].key, "abcd");
            EXPECT_TRUE(frames[0].masked && frames[0].fin);
            EXPECT_EQ(frames[1].payload, "abc");
            EXPECT_EQ(frames[1].opcode, 2);
            EXPECT_FALSE(frames[1].masked || frames[1].fin || frames[1].key);
            EXPECT_EQ(frames[2].opcode, 9);
            EXPECT_EQ(frames[2].payload, "");
            EXPECT_TRUE(recorder.is_between_frames());
        });
}

TEST(FrameRecorder, KeepsTheBytesAsTheyCame) {
    std::vector<std::string> const wires{masked(1, "Hello"), plain(2, "abc"),
                                         "\x82\x7f\0\0\0\0\0\0\0\x03"
                                         "abc"s,
                                         masked(9, "")};
    std::string wire;
    for (auto const& one : wires) wire += one;
    test::for_each_split(
        wire, [] { return FrameRecorder({.payload = 3, .raw = 100}); },
        [&](FrameRecorder& recorder, test::Pieces pieces) {
            std::size_t count = 0;
            for (auto const piece : pieces) {
                recorder.feed(piece);
                while (auto const frame = recorder.next()) {
                    EXPECT_EQ(frame->index, count);
                    EXPECT_EQ(frame->raw, wires.at(count));
                    EXPECT_EQ(frame->raw_size, wires.at(count++).size());
                }
            }
            EXPECT_EQ(count, wires.size());
        });
}

struct WrittenCase {
    std::string_view name;
    std::string bytes;
    std::uint64_t size;
    std::string described, payload;
    std::uint64_t payload_size;
};
void PrintTo(WrittenCase const& row, std::ostream* out) { *out << row.name; }
class WrittenFrame : public testing::TestWithParam<WrittenCase> {};

TEST_P(WrittenFrame, IsWhatWasSentWhateverItsHeaderSays) {
    auto const& row = GetParam();
    auto const frame = frame_of(row.bytes, row.size, {.payload = 5, .raw = 6});
    ASSERT_EQ(frame.has_value(), !row.described.empty());
    if (!frame) return;
    EXPECT_EQ(describe(*frame), row.described);
    EXPECT_EQ(frame->payload, row.payload);
    EXPECT_EQ(frame->payload_size, row.payload_size);
    EXPECT_EQ(frame->raw, row.bytes.substr(0, 6));
    EXPECT_EQ(frame->raw_size, row.size);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, WrittenFrame,
    testing::Values(WrittenCase{"Whole", plain(1, "Hello"), 7, "ws frame:text:fin 5b", "Hello", 5},
                    WrittenCase{"Masked", masked(2, "Hi"), 8, "ws frame:binary:fin|mask:key=b'abcd' 2b", "Hi", 2},
                    WrittenCase{"OnlyItsBegin", plain(1, "Hello, world"), 2000, "ws frame:text:fin 1.95k", "Hello",
                                1998},
                    WrittenCase{"ShorterThanAnnounced", "\x81\x64x", 3, "ws frame:text:fin 1b", "x", 1},
                    WrittenCase{"LongerThanAnnounced", "\x81\x01xyz", 5, "ws frame:text:fin 3b", "xyz", 3},
                    WrittenCase{"Empty", plain(9, ""), 2, "ws frame:ping:fin", "", 0},
                    WrittenCase{"CutInItsHeader", "\x81\xfe\x01"s, 3, "", "", 0},
                    WrittenCase{"Nothing", "", 0, "", "", 0}),
    pathology::test::row_name);

TEST(FrameRecorder, KeepsMoreBehindALeader) {
    for (auto const& row : {std::pair{"abcdef", "abc"}, std::pair{"go!def", "go!de"}}) {
        test::for_each_split(
            masked(1, row.first),
            [] { return FrameRecorder({.payload = 3, .leader = "go!", .payload_after_leader = 5}); },
            [&](FrameRecorder& recorder, test::Pieces pieces) {
                std::optional<RecordedFrame> frame;
                for (auto const piece : pieces) {
                    recorder.feed(piece);
                    frame = recorder.next();
                }
                ASSERT_TRUE(frame);
                EXPECT_EQ(frame->payload, row.second);
            });
    }
}

TEST(FrameRecorder, KnowsHalfAFrame) {
    FrameRecorder recorder({.payload = 10});
    recorder.feed(masked(1, "Hello").substr(0, 8));
    EXPECT_FALSE(recorder.next());
    EXPECT_FALSE(recorder.is_between_frames());
}

struct FrameCase {
    std::string_view name;
    RecordedFrame frame;
    std::string_view text;
};
void PrintTo(FrameCase const& row, std::ostream* out) { *out << row.name; }
class FrameDescription : public testing::TestWithParam<FrameCase> {};

TEST_P(FrameDescription, IsThatOfTheOriginal) { EXPECT_EQ(describe(GetParam().frame), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Words, FrameDescription,
    testing::Values(FrameCase{"Text", {.opcode = 1, .payload = "hi", .payload_size = 2}, "ws frame:text 2b"},
                    FrameCase{"Empty", {.opcode = 2, .fin = true}, "ws frame:binary:fin"},
                    FrameCase{"Masked",
                              {.opcode = 1, .fin = true, .masked = true, .key = "abcd", .payload_size = 15},
                              "ws frame:text:fin|mask:key=b'abcd' 15b"},
                    FrameCase{"OddKey",
                              {.opcode = 8, .masked = true, .key = "\1'\xff\n"},
                              R"(ws frame:close:mask:key=b'\x01\'\xff\n')"},
                    FrameCase{"EveryFlag",
                              {.opcode = 0, .fin = true, .rsv1 = true, .rsv2 = true, .rsv3 = true, .masked = true},
                              "ws frame:continue:fin|rsv1|rsv2|rsv3|mask"},
                    FrameCase{"Reserved", {.opcode = 11}, "ws frame:0xb"},
                    FrameCase{"Kilobytes", {.opcode = 1, .payload_size = 70000}, "ws frame:text 68.36k"},
                    FrameCase{"OneMegabyte", {.opcode = 1, .payload_size = 1U << 20U}, "ws frame:text 1m"}),
    test::row_name);

}  // namespace
}  // namespace pathology::proxycore::record
