#include <gtest/gtest.h>

#include "base64.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore {
namespace {

struct Case {
    std::string_view name, bytes, standard, url;
};
class Base64 : public testing::TestWithParam<Case> {};

TEST_P(Base64, GoesBothWays) {
    auto const& [name, bytes, standard, url] = GetParam();
    EXPECT_EQ(encode_base64(bytes), standard);
    EXPECT_EQ(encode_base64url(bytes), url);
    EXPECT_EQ(decode_base64(standard), bytes);
    EXPECT_EQ(decode_base64url(url), bytes);
}
// The first seven rows are the test vectors of RFC 4648 §10.
INSTANTIATE_TEST_SUITE_P(Row, Base64,
                         testing::Values(Case{"Empty", "", "", ""}, Case{"One", "f", "Zg==", "Zg"},
                                         Case{"Two", "fo", "Zm8=", "Zm8"}, Case{"Three", "foo", "Zm9v", "Zm9v"},
                                         Case{"Four", "foob", "Zm9vYg==", "Zm9vYg"},
                                         Case{"Five", "fooba", "Zm9vYmE=", "Zm9vYmE"},
                                         Case{"Six", "foobar", "Zm9vYmFy", "Zm9vYmFy"},
                                         Case{"LastSymbols", "\xfb\xff\xbf", "+/+/", "-_-_"},
                                         Case{"Zeros", std::string_view("\0\0\0\0", 4), "AAAAAA==", "AAAAAA"}),
                         test::row_name);

TEST(DecodeBase64, RefusesWhatIsNotExact) {
    for (auto const* const bad :
         {"Zg", "Zg=", "Zg===", "Z===", "====", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "-_-_", "Z=m8"})
        EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
}

TEST(DecodeBase64Url, RefusesWhatIsNotExact) {
    for (auto const* const bad : {"Z", "Zg==", "Zh", "Zm9vY", "+/+/", "Zm 8"})
        EXPECT_EQ(decode_base64url(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace pathology::proxycore
