#include "percent.hpp"

#include <gtest/gtest.h>

namespace pathology::pathod {
namespace {

struct DecodeCase {
    std::string_view name, encoded, decoded;
};
class PercentDecoded : public testing::TestWithParam<DecodeCase> {};

TEST_P(PercentDecoded, GivesTheBytes) { EXPECT_EQ(percent_decoded(GetParam().encoded), GetParam().decoded); }

INSTANTIATE_TEST_SUITE_P(
    Rfc3986, PercentDecoded,
    testing::Values(DecodeCase{"Plain", "200:b@100", "200:b@100"}, DecodeCase{"Quotes", "200:b%22a%22", "200:b\"a\""},
                    DecodeCase{"LowerCaseDigits", "%c3%a4", "\xC3\xA4"}, DecodeCase{"PlusIsNoSpace", "a+b", "a+b"},
                    DecodeCase{"NoDigits", "100%zz", "100%zz"}, DecodeCase{"CutShort", "100%4", "100%4"},
                    DecodeCase{"LonePercent", "%", "%"}, DecodeCase{"OnlyOnce", "%2541", "%41"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(PercentEncoded, IsUndoneByDecoding) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    EXPECT_EQ(percent_decoded(percent_encoded(every)), every);
}

TEST(PercentEncoded, LeavesWhatMayStandInAPath) {
    EXPECT_EQ(percent_encoded("200:b@100,ascii"), "200:b@100,ascii");
    EXPECT_EQ(percent_encoded("a?b#c d"), "a%3Fb%23c%20d");
}

}  // namespace
}  // namespace pathology::pathod
