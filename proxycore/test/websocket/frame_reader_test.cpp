#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/frame_reader.hpp>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"
#include "websocket/transcript.hpp"

namespace pathology::proxycore::websocket {
namespace {

using namespace std::string_literals;
using test::masked;
using test::plain;

/// `opcode:payload` for each frame, `…` behind what has not ended.
std::string read_all(FrameReader& reader, pathology::test::Pieces pieces) {
    std::string seen;
    for (std::string piece : std::vector<std::string>(pieces.begin(), pieces.end())) {
        std::span<char> bytes(piece);
        for (auto part = reader.next(bytes); !part || *part; part = reader.next(bytes)) {
            if (!part) return seen + "!" + part.error().message;
            if ((*part)->begins) seen += std::to_string(reader.header().opcode) + ":";
            seen.append((*part)->payload.data(), (*part)->payload.size());
            if ((*part)->ends) seen += ";";
        }
        EXPECT_TRUE(bytes.empty());
    }
    return seen;
}

struct WireCase {
    std::string_view name;
    std::string wire, seen;
    bool ends_between = true;
};
void PrintTo(WireCase const& row, std::ostream* out) { *out << row.name; }
class FrameWire : public testing::TestWithParam<WireCase> {};

TEST_P(FrameWire, IsReadHoweverItIsCut) {
    pathology::test::for_each_split(
        GetParam().wire, [] { return FrameReader(); },
        [](FrameReader& reader, pathology::test::Pieces pieces) {
            EXPECT_EQ(read_all(reader, pieces), GetParam().seen);
            EXPECT_EQ(reader.is_between_frames(), GetParam().ends_between);
        });
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, FrameWire,
    testing::Values(WireCase{"Nothing", "", ""}, WireCase{"Plain", plain(1, "Hello"), "1:Hello;"},
                    WireCase{"Masked", masked(1, "Hello, you"), "1:Hello, you;"},
                    WireCase{"Empty", masked(2, "") + plain(9, ""), "2:;9:;"},
                    WireCase{"Several", masked(1, "abc") + plain(2, "d") + masked(10, "efghi"), "1:abc;2:d;10:efghi;"},
                    WireCase{"SixteenBits", masked(2, std::string(200, 'x')), "2:" + std::string(200, 'x') + ";"},
                    WireCase{"MaskBitWithoutPayload", "\x81\x80"s + "abcd", "1:;"},
                    WireCase{"ReservedOpcode", masked(3, "x"), "3:x;"},
                    WireCase{"LongerFormThanNeeded", "\x82\x7f\0\0\0\0\0\0\0\x02"s + "hi", "2:hi;"},
                    WireCase{"LongControl", plain(9, std::string(126, 'p')), "9:" + std::string(126, 'p') + ";"},
                    WireCase{"HalfAHeader", "\x81"s, "", false}, WireCase{"HeaderAlone", "\x81\x05"s, "1:", false},
                    WireCase{"HalfAPayload", "\x81\x05Hel"s, "1:Hel", false},
                    WireCase{"LongestOfAll", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s + "so far", "2:so far",
                             false}),
    pathology::test::row_name);

TEST(FrameReader, LeavesPayloadsWhereTheyAre) {
    auto wire = masked(1, "Hello");
    std::span<char> bytes(wire);
    FrameReader reader;
    auto const part = reader.next(bytes).value().value();
    EXPECT_EQ(part.payload.data(), wire.data() + 6);
    EXPECT_TRUE(part.begins && part.ends);
    EXPECT_TRUE(bytes.empty());
}

TEST(FrameReader, GivesAHeaderBeforeItsPayload) {
    auto wire = masked(1, "Hello").substr(0, 6);
    std::span<char> bytes(wire);
    FrameReader reader;
    auto const part = reader.next(bytes).value().value();
    EXPECT_TRUE(part.begins && !part.ends && part.payload.empty());
    EXPECT_EQ(reader.header().length, 5u);
}

TEST(FrameReader, ReportsWhatIsWrongForGood) {
    FrameReader reader(FrameRules::strict(Role::server));
    auto wire = plain(1, "x") + masked(1, "y");
    std::span<char> bytes(wire);
    EXPECT_EQ(reader.next(bytes).error().code, Errc::bad_masking);
    EXPECT_EQ(reader.next(bytes).error().code, Errc::bad_masking);
}

struct RuleCase {
    std::string_view name;
    std::string wire;
    FrameRules rules;
    Errc code;
};
void PrintTo(RuleCase const& row, std::ostream* out) { *out << row.name; }
class FrameRule : public testing::TestWithParam<RuleCase> {};

TEST_P(FrameRule, IsDemandedOnceSwitchedOn) {
    FrameReader tolerant;
    std::string_view const piece = GetParam().wire;
    EXPECT_EQ(read_all(tolerant, {&piece, 1}).find('!'), std::string::npos);
    FrameReader strict(GetParam().rules);
    auto wire = GetParam().wire;
    std::span<char> bytes(wire);
    auto const outcome = strict.next(bytes);
    ASSERT_TRUE(outcome.has_error());
    EXPECT_EQ(outcome.error().code, GetParam().code);
}

FrameRules all_but(void (*change)(FrameRules&)) {
    auto rules = FrameRules::tolerant();
    change(rules);
    return rules;
}

INSTANTIATE_TEST_SUITE_P(
    One, FrameRule,
    testing::Values(RuleCase{"Masking", plain(1, "x"),
                             all_but([](auto& r) { r.masking = FrameRules::Masking::required; }), Errc::bad_masking},
                    RuleCase{"NoMasking", masked(1, "x"),
                             all_but([](auto& r) { r.masking = FrameRules::Masking::forbidden; }), Errc::bad_masking},
                    RuleCase{"ReservedBits", test::masked_with(0x40, 1, "x"),
                             all_but([](auto& r) { r.allow_reserved_bits = false; }), Errc::reserved_bits},
                    RuleCase{"ReservedOpcodes", masked(5, ""),
                             all_but([](auto& r) { r.allow_reserved_opcode = false; }), Errc::reserved_opcode},
                    RuleCase{"WholeControl", masked(9, "", false),
                             all_but([](auto& r) { r.allow_odd_control = false; }), Errc::fragmented_control},
                    RuleCase{"ShortControl", masked(9, std::string(126, 'x')),
                             all_but([](auto& r) { r.allow_odd_control = false; }), Errc::long_control},
                    RuleCase{"ShortestLength", "\x81\x7e\0\x01x"s, all_but([](auto& r) { r.allow_odd_length = false; }),
                             Errc::bad_length},
                    RuleCase{"LargestPayload", masked(2, "abc"), all_but([](auto& r) { r.largest = 2; }),
                             Errc::too_large}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::websocket
