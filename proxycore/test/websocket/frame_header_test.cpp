#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/frame_header.hpp>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::websocket {
namespace {

using namespace std::string_literals;

constexpr MaskingKey key{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}, std::byte{'d'}};

struct HeaderCase {
    std::string_view name;
    FrameHeader header;
    std::string wire;
};
void PrintTo(HeaderCase const& row, std::ostream* out) { *out << row.name; }
class FrameHeaderBytes : public testing::TestWithParam<HeaderCase> {};

TEST_P(FrameHeaderBytes, EncodeAsTheRfcDraws) { EXPECT_EQ(encode(GetParam().header), GetParam().wire); }

TEST_P(FrameHeaderBytes, DecodeOnceWhole) {
    auto const wire = GetParam().wire + "payload";
    for (std::size_t size = 0; size <= wire.size(); ++size) {
        auto const decoded = decode(std::string_view(wire).substr(0, size));
        ASSERT_EQ(decoded.has_value(), size >= GetParam().wire.size()) << "of the first " << size << " bytes";
        if (!decoded) continue;
        EXPECT_EQ(decoded->header, GetParam().header);
        EXPECT_EQ(decoded->size, GetParam().wire.size());
    }
}

INSTANTIATE_TEST_SUITE_P(Rfc6455, FrameHeaderBytes,
                         testing::Values(HeaderCase{"Text", {.length = 5}, "\x81\x05"},
                                         HeaderCase{"NothingSet", {.fin = false, .opcode = 0}, "\0\0"s},
                                         HeaderCase{"EveryBit",
                                                    {true, true, true, true, 15, true, 125, key},
                                                    "\xff\xfd"
                                                    "abcd"},
                                         HeaderCase{"Rsv1", {.fin = false, .rsv1 = true, .opcode = 2}, "\x42\0"s},
                                         HeaderCase{"Rsv2", {.fin = false, .rsv2 = true, .opcode = 9}, "\x29\0"s},
                                         HeaderCase{"Rsv3", {.fin = false, .rsv3 = true, .opcode = 10}, "\x1a\0"s},
                                         HeaderCase{"SevenBitsAtMost", {.length = 125}, "\x81\x7d"},
                                         HeaderCase{"SixteenBits", {.length = 126}, "\x81\x7e\0\x7e"s},
                                         HeaderCase{"SixteenBitsAtMost", {.length = 65535}, "\x81\x7e\xff\xff"},
                                         HeaderCase{"SixtyFourBits", {.length = 65536}, "\x81\x7f\0\0\0\0\0\x01\0\0"s},
                                         HeaderCase{"LongestOfAll",
                                                    {.masked = true, .length = ~std::uint64_t{0}, .key = key},
                                                    "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                                                    "abcd"}),
                         test::row_name);

TEST(FrameHeader, MayLieAboutTheMask) {
    EXPECT_EQ(encode({.masked = true, .length = 1}), "\x81\x81");
    EXPECT_EQ(encode({.masked = false, .length = 1, .key = key}),
              "\x81\x01"
              "abcd");
}

TEST(FrameHeader, DecodesALongerFormThanNeeded) {
    auto const decoded = decode("\x81\x7e\0\x05"s);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->header.length, 5u);
    EXPECT_EQ(decoded->size, 4u);
}

// RFC 6455 §5.7: "Hello", masked.
TEST(ApplyMask, AgreesWithTheSampleOfTheRfc) {
    std::string text = "Hello";
    apply_mask(text, {std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}});
    EXPECT_EQ(text, "\x7f\x9f\x4d\x51\x58");
}

TEST(ApplyMask, IsTheSameInPieces) {
    std::string plain;
    for (int i = 0; i < 67; ++i) plain += static_cast<char>(i * 31);
    auto whole = plain;
    for (std::size_t i = 0; i < whole.size(); ++i)
        whole[i] = static_cast<char>(whole[i] ^ static_cast<char>(key[i % 4]));
    test::for_each_split(
        plain, [] { return std::string(); },
        [&](std::string& masked, test::Pieces pieces) {
            for (std::string piece : std::vector<std::string>(pieces.begin(), pieces.end())) {
                apply_mask(piece, key, masked.size());
                masked += piece;
            }
            EXPECT_EQ(masked, whole);
            apply_mask(masked, key);
            EXPECT_EQ(masked, plain);
        });
}

}  // namespace
}  // namespace pathology::proxycore::websocket
