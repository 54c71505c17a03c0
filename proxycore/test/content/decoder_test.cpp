#include <gmock/gmock.h>

#include <algorithm>
#include <ostream>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/content/encoder.hpp>

#include "content/samples.hpp"
#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::content {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t a_kibibyte = 1024;

Decoder decoder_for(std::string_view encoding, std::uint64_t limit = default_limit) {
    return Decoder(*parse_content_encoding(encoding), limit);
}

/// What comes out when all pieces went in, or the first failure.
Result<std::string> decode_pieces(Decoder& decoder, test::Pieces pieces) {
    std::string out;
    for (auto const piece : pieces)
        if (auto done = decoder.feed(piece, out); done.has_error()) return done.error();
    if (auto done = decoder.finish(out); done.has_error()) return done.error();
    return out;
}

class DecodedSample : public testing::TestWithParam<Sample> {};
INSTANTIATE_TEST_SUITE_P(OfOtherPrograms, DecodedSample, testing::ValuesIn(samples), test::row_name);

TEST_P(DecodedSample, IsTheText) { EXPECT_EQ(*decode(GetParam().bytes, GetParam().encoding), plain); }

TEST_P(DecodedSample, DoesNotDependOnCuts) {
    auto const make = [] { return decoder_for(GetParam().encoding); };
    test::for_each_split(GetParam().bytes, make, [](Decoder& decoder, test::Pieces pieces) {
        EXPECT_EQ(*decode_pieces(decoder, pieces), plain);
    });
}

TEST_P(DecodedSample, IsTruncatedAtEachByte) {
    auto const& [name, encoding, bytes] = GetParam();
    auto const second = name.starts_with("TwoGzip") ? 29U : name.starts_with("TwoZstd") ? 18U : 0U;
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        auto const decoded = decode(bytes.substr(0, size), encoding);
        if (size == second) continue;  // there the first of two ends
        ASSERT_TRUE(decoded.has_error()) << size << " bytes gave " << *decoded;
        EXPECT_EQ(decoded.error().code, Errc::truncated) << decoded.error().message;
    }
}

TEST_P(DecodedSample, NeverExceedsItsLimit) {
    for (std::uint64_t limit = 0; limit < plain.size(); ++limit) {
        auto decoder = decoder_for(GetParam().encoding, limit);
        std::string out;
        auto const done = decoder.feed(GetParam().bytes, out);
        ASSERT_TRUE(done.has_error());
        EXPECT_EQ(done.error().code, Errc::too_large);
        EXPECT_LE(out.size(), limit);
    }
}

TEST_P(DecodedSample, NamesCodingAndPlaceOfAnyDamage) {
    auto const& [name, encoding, bytes] = GetParam();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string broken(bytes);
        broken[at] = static_cast<char>(broken[at] ^ 0x55);
        auto const decoded = decode(broken, encoding);
        if (decoded.has_value()) continue;  // not every format has a checksum
        EXPECT_THAT(encoding, HasSubstr(decoded.error().coding));
        if (decoded.error().coding == encoding) {
            EXPECT_LE(decoded.error().offset, bytes.size());
        }
        EXPECT_THAT(decoded.error().message, HasSubstr(decoded.error().coding + " content "));
    }
}

TEST(Decoder, GivesNothingForNothing) {
    for (auto const encoding : {"", "gzip", "deflate", "br", "zstd", "gzip, br"}) EXPECT_EQ(*decode("", encoding), "");
}

TEST(Decoder, PassesThroughWhatHasNoCoding) {
    EXPECT_EQ(*decode("text", ""), "text");
    EXPECT_EQ(*decode("text", "identity"), "text");
}

struct BrokenCase {
    std::string_view name, encoding, bytes, message;
};
void PrintTo(BrokenCase const& row, std::ostream* out) { *out << row.name; }
class BrokenContent : public testing::TestWithParam<BrokenCase> {};
TEST_P(BrokenContent, IsReportedWithItsPlace) {
    auto const& row = GetParam();
    test::for_each_split(
        row.bytes, [&] { return decoder_for(row.encoding); },
        [&](Decoder& decoder, test::Pieces pieces) {
            auto const decoded = decode_pieces(decoder, pieces);
            ASSERT_TRUE(decoded.has_error());
            EXPECT_THAT(decoded.error().message, HasSubstr(row.message));
        });
}
INSTANTIATE_TEST_SUITE_P(
    Failures, BrokenContent,
    testing::Values(BrokenCase{"NoGzip", "gzip", "hello", "gzip content is corrupt at byte "},
                    BrokenCase{"NoDeflate", "deflate", "\xff\xff\xff", "deflate content is corrupt at byte "},
                    BrokenCase{"NoBrotli", "br", "\xff\xff\xff\xff", "br content is corrupt at byte "},
                    BrokenCase{"NoZstd", "zstd", "hello", "zstd content is corrupt at byte "},
                    BrokenCase{"ShortDeflate", "deflate", "x", "deflate content ends too early, after 1 bytes"},
                    BrokenCase{"ShortGzip", "gzip", "\x1f\x8b", "gzip content ends too early, after 2 bytes"},
                    BrokenCase{"InnerOfTwo", "br, deflate", bytes("x\x01\x01\x02\x00\xfd\xff\xff\xff\x02\xff\x01\xff"),
                               "br content is corrupt at byte "},
                    BrokenCase{"MoreAfterZlib", "deflate",
                               bytes("x\332\363H\315\311\311\327Q\310\300\244\024\001\202\014\0116tail"),
                               "deflate content is corrupt at byte 18: more bytes after the end"},
                    BrokenCase{"MoreAfterBrotli", "br", bytes("\x06tail"),
                               "br content is corrupt at byte 1: more bytes after the end"}),
    test::row_name);

TEST(Decoder, StaysFailed) {
    auto decoder = decoder_for("gzip");
    std::string out;
    auto const first = decoder.feed("no gzip", out);
    auto const second = decoder.feed(samples[0].bytes, out);
    auto const last = decoder.finish(out);
    ASSERT_TRUE(first.has_error() && second.has_error() && last.has_error());
    EXPECT_EQ(second.error().message, first.error().message);
    EXPECT_EQ(last.error().message, first.error().message);
    EXPECT_EQ(out, "");
}

struct CodingsCase {
    std::string_view name, encoding;
};
void PrintTo(CodingsCase const& row, std::ostream* out) { *out << row.name; }
class Bomb : public testing::TestWithParam<CodingsCase> {};
TEST_P(Bomb, GoesOffAtTheLimit) {
    std::string const large(std::size_t{8} << 20U, 'a');
    auto const bomb = *encode(large, GetParam().encoding);
    EXPECT_LT(bomb.size(), large.size() / 8);
    auto decoder = decoder_for(GetParam().encoding, 100 * a_kibibyte);
    std::string out;
    auto const done = decoder.feed(bomb, out);
    ASSERT_TRUE(done.has_error());
    EXPECT_EQ(done.error().code, Errc::too_large);
    EXPECT_THAT(done.error().message, HasSubstr(" content exceeds the limit of 102400 bytes when decoded"));
    EXPECT_LE(out.size(), 100 * a_kibibyte);
    EXPECT_EQ(*decode(bomb, GetParam().encoding, large.size()), large);
}
INSTANTIATE_TEST_SUITE_P(Codings, Bomb,
                         testing::Values(CodingsCase{"Gzip", "gzip"}, CodingsCase{"Deflate", "deflate"},
                                         CodingsCase{"Brotli", "br"}, CodingsCase{"Zstd", "zstd"},
                                         CodingsCase{"GzipTwice", "gzip, gzip"},
                                         CodingsCase{"BrotliUponZstd", "zstd, br"}),
                         test::row_name);

TEST(Decoder, RefusesWindowsBeyondEightMebibytes) {
    // RFC 8878 §3.1.1.1.2: a window descriptor of 0x78 asks for 32 MiB.
    auto const decoded = decode(bytes("\x28\xb5\x2f\xfd\x00\x78\x01\x00\x00"), "zstd");
    ASSERT_TRUE(decoded.has_error());
    EXPECT_EQ(decoded.error().code, Errc::corrupt);
    EXPECT_THAT(decoded.error().message, HasSubstr("memory"));
}

}  // namespace
}  // namespace pathology::proxycore::content
