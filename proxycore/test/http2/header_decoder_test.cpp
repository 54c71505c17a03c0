// Field sections out of HPACK blocks: what RFC 7541 shows, what our own encoder writes, and what nobody should send.
#include <gtest/gtest.h>

#include <pathology/proxycore/http2/header_decoder.hpp>
#include <pathology/proxycore/http2/hpack.hpp>

#include "http2/frames.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using http::Fields;

std::string bytes(std::string_view hex) {
    std::string result;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        result += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return result;
}

TEST(HeaderDecoder, RemembersWhatEarlierBlocksDefined) {  // RFC 7541 C.4
    HeaderDecoder decoder;
    auto const first = decoder.decode(bytes("828684418cf1e3c2e5f23a6ba0ab90f4ff")).value();
    auto const second = decoder.decode(bytes("828684be5886a8eb10649cbf")).value();
    auto const third = decoder.decode(bytes("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")).value();
    Fields const expected{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "www.example.com"}};
    EXPECT_EQ(first.fields, expected);
    EXPECT_EQ(second.fields.first("cache-control"), "no-cache");
    EXPECT_EQ(second.fields.first(":authority"), "www.example.com");
    EXPECT_EQ(third.fields.first("custom-key"), "custom-value");
    EXPECT_FALSE(third.is_cut);
}

TEST(HeaderDecoder, ReadsWhatTheEncoderWrites) {
    HeaderDecoder decoder;
    for (int round = 0; round < 3; ++round) {  // blocks of the encoder lean on nothing before them
        HeaderBlockEncoder encoder;
        auto block = encoder.begin();
        block += encoder.add(":status", "200").head;
        block += encoder.add("X-Odd", std::string(300, '\xff')).head;
        block += encoder.add("X-Odd", std::string(300, '\xff')).head;
        auto const section = decoder.decode(block).value();
        Fields const expected{
            {":status", "200"}, {"X-Odd", std::string(300, '\xff')}, {"X-Odd", std::string(300, '\xff')}};
        EXPECT_EQ(section.fields, expected) << round;
    }
}

TEST(HeaderDecoder, CutsWhatIsLargerThanItsLimitAndStaysInStep) {
    HeaderDecoder decoder(HeaderDecoder::default_table, 100);
    // one literal into the table, then the same field over and over by its index: a bomb
    auto const section = decoder.decode(bytes("4001610162") + std::string(1000, '\xbe')).value();
    EXPECT_TRUE(section.is_cut);
    EXPECT_EQ(section.size, 1001U * 34U);
    EXPECT_EQ(section.fields.size(), 2U);
    EXPECT_EQ(decoder.decode("\xbe").value().fields.first("a"), "b");
}

TEST(HeaderDecoder, TakesAnEmptyBlock) { EXPECT_TRUE(HeaderDecoder().decode("").value().fields.empty()); }

TEST(HeaderDecoder, HoldsAPeerToTheTableThatWasAnnounced) {
    EXPECT_TRUE(HeaderDecoder(100).decode(bytes("3f4582")).has_value());                               // 100
    EXPECT_EQ(HeaderDecoder(100).decode(bytes("3f4682")).error().code, ErrorCode::compression_error);  // 101
}

TEST(HeaderDecoder, AllowsALargerTableAndNeverASmallerOne) {
    HeaderDecoder decoder;
    decoder.allow_table(5000);
    decoder.allow_table(50);
    EXPECT_TRUE(decoder.decode(bytes("3fe92682")).has_value());                               // 5000
    EXPECT_EQ(decoder.decode(bytes("3fea2682")).error().code, ErrorCode::compression_error);  // 5001
}

struct BrokenBlock {
    std::string_view name, hex;
};

class BlockIsNoHpack : public testing::TestWithParam<BrokenBlock> {};

TEST_P(BlockIsNoHpack, IsACompressionError) {
    auto const outcome = HeaderDecoder().decode(bytes(GetParam().hex));
    ASSERT_TRUE(outcome.has_error());
    EXPECT_EQ(outcome.error().code, ErrorCode::compression_error);
    EXPECT_NE(outcome.error().message.find("HPACK"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Rfc7541, BlockIsNoHpack,
                         testing::Values(BrokenBlock{"IndexZero", "80"}, BrokenBlock{"IndexPastTheTables", "ff20"},
                                         BrokenBlock{"IntegerWithoutEnd", "ffffffffffffffffff"},
                                         BrokenBlock{"StringLongerThanTheBlock", "0005616263"},
                                         BrokenBlock{"SizeUpdateAboveTheLimit", "3fe21f"},
                                         BrokenBlock{"SizeUpdateAfterAField", "8220"},
                                         BrokenBlock{"HuffmanPaddingOfEightBits", "00841c6490b2cd39ba"},
                                         BrokenBlock{"HuffmanEos", "0085fffffffffc0161"}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::http2
