#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/content/encoder.hpp>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::content {
namespace {

/// Bytes that repeat and bytes that do not.
std::string some_content(std::size_t size) {
    std::string content;
    for (std::uint32_t state = 1; content.size() < size;) {
        state = state * 1664525 + 1013904223;
        content.append(1 + (state >> 28U), static_cast<char>(state >> 16U));
    }
    content.resize(size);
    return content;
}

struct CodingsCase {
    std::string_view name, encoding;
};
void PrintTo(CodingsCase const& row, std::ostream* out) { *out << row.name; }
class Encoded : public testing::TestWithParam<CodingsCase> {};
INSTANTIATE_TEST_SUITE_P(Codings, Encoded,
                         testing::Values(CodingsCase{"Identity", "identity"}, CodingsCase{"Gzip", "gzip"},
                                         CodingsCase{"Deflate", "deflate"}, CodingsCase{"Brotli", "br"},
                                         CodingsCase{"Zstd", "zstd"}, CodingsCase{"GzipUponBrotli", "br, gzip"},
                                         CodingsCase{"ThreeOfThem", "zstd, deflate, br"}),
                         test::row_name);

TEST_P(Encoded, ComesBack) {
    for (std::size_t const size : {0U, 1U, 1000U, 32768U, 32769U, 300000U}) {
        auto const content = some_content(size);
        EXPECT_EQ(*decode(*encode(content, GetParam().encoding), GetParam().encoding), content) << size;
    }
}

TEST_P(Encoded, ComesBackFromPieces) {
    auto const make = [] { return Encoder(*parse_content_encoding(GetParam().encoding)); };
    test::for_each_split("a text, a text, and more of that text", make, [](Encoder& encoder, test::Pieces pieces) {
        std::string whole, coded;
        for (auto const piece : pieces) {
            encoder.feed(piece, coded);
            whole += piece;
        }
        encoder.finish(coded);
        EXPECT_EQ(*decode(coded, GetParam().encoding), whole);
    });
}

TEST_P(Encoded, IsReproducible) {
    auto const content = some_content(5000);
    EXPECT_EQ(*encode(content, GetParam().encoding), *encode(content, GetParam().encoding));
}

TEST(Encoder, WritesNoTimeIntoGzip) {
    auto const coded = *encode("text", "gzip");
    ASSERT_GT(coded.size(), 10U);
    EXPECT_EQ(coded.substr(0, 8), std::string("\x1f\x8b\x08\0\0\0\0\0", 8));
}

TEST(Encoder, RefusesUnknownCodings) { EXPECT_EQ(encode("text", "lzma").error().code, Errc::unknown_coding); }

}  // namespace
}  // namespace pathology::proxycore::content
