#include <gtest/gtest.h>

#include <pathology/proxycore/percent.hpp>

namespace pathology::proxycore {
namespace {

struct DecodeCase {
    std::string_view name, encoded, decoded;
};
class PercentDecode : public testing::TestWithParam<DecodeCase> {};

TEST_P(PercentDecode, GivesTheBytes) { EXPECT_EQ(percent_decode(GetParam().encoded), GetParam().decoded); }

INSTANTIATE_TEST_SUITE_P(
    Rfc3986, PercentDecode,
    testing::Values(DecodeCase{"Plain", "200:b@100", "200:b@100"}, DecodeCase{"Quotes", "200:b%22a%22", "200:b\"a\""},
                    DecodeCase{"LowerCaseDigits", "%c3%a4", "\xC3\xA4"}, DecodeCase{"PlusIsNoSpace", "a+b", "a+b"},
                    DecodeCase{"NoDigits", "100%zz", "100%zz"}, DecodeCase{"CutShort", "100%4", "100%4"},
                    DecodeCase{"LonePercent", "%", "%"}, DecodeCase{"OnlyOnce", "%2541", "%41"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(PercentEncode, IsUndoneByDecoding) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    EXPECT_EQ(percent_decode(percent_encode(every)), every);
}

TEST(PercentEncode, LeavesWhatMayStandInAPath) {
    constexpr auto path = "!$&'()*+,;=:@/";  // beside the unreserved ones, RFC 3986 §3.3
    EXPECT_EQ(percent_encode("200:b@100,ascii", path), "200:b@100,ascii");
    EXPECT_EQ(percent_encode("a?b#c d", path), "a%3Fb%23c%20d");
}

TEST(PercentEncode, KeepsUnreservedAndSafeBytesAlone) {
    EXPECT_EQ(percent_encode("a-._~/ \xff%"), "a-._~/%20%FF%25");
    EXPECT_EQ(percent_encode("a/b", ""), "a%2Fb");
}

TEST(PercentDecode, GivesBytesOfAnyValue) { EXPECT_EQ(percent_decode("%00%FF"), std::string_view("\0\xff", 2)); }

}  // namespace
}  // namespace pathology::proxycore
