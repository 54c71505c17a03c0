#include <gtest/gtest.h>

#include <pathology/proxycore/http/mask.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::http {
namespace {

struct MaskCase {
    std::string_view name, text, masked;
};
void PrintTo(MaskCase const& row, std::ostream* out) { *out << row.name; }
class B8_Password : public testing::TestWithParam<MaskCase> {};

TEST_P(B8_Password, IsMasked) { EXPECT_EQ(mask_password(GetParam().text), GetParam().masked); }

INSTANTIATE_TEST_SUITE_P(
    Http, B8_Password,
    testing::Values(MaskCase{"Url", "http://me:secret@h:80/", "http://me:******@h:80/"},
                    MaskCase{"Mode", "upstream:http://me:secret@h:80", "upstream:http://me:******@h:80"},
                    MaskCase{"Host", "me:secret@h:80", "me:******@h:80"},
                    MaskCase{"PasswordWithAt", "http://me:se@c:ret@h", "http://me:********@h"},
                    MaskCase{"PasswordWithSlash", "http://me:se/cret@h", "http://me:*******@h"},
                    MaskCase{"NoUser", "http://:secret@h", "http://:******@h"},
                    MaskCase{"LongNumber", "http://me:123456@h", "http://me:******@h"},
                    MaskCase{"UserAlone", "http://me@h:80/", "http://me@h:80/"},
                    MaskCase{"None", "http://h:80/a:b", "http://h:80/a:b"},
                    MaskCase{"ListenerOfAMode", "reverse:http://h:8080@3128", "reverse:http://h:8080@3128"},
                    MaskCase{"Empty", "", ""}),
    test::row_name);

TEST(B8_Credentials, KeepTheirScheme) {
    EXPECT_EQ(mask_credentials("Basic dTpzZWNyZXQ="), "Basic ***");
    EXPECT_EQ(mask_credentials("secret"), "***");
    EXPECT_EQ(mask_credentials(""), "***");
}

TEST(B8_Credentials, AreInTwoFields) {
    for (auto const* const name : {"Authorization", "proxy-authorization"}) EXPECT_TRUE(has_credentials(name)) << name;
    for (auto const* const name : {"", "Authorization ", "WWW-Authenticate"})
        EXPECT_FALSE(has_credentials(name)) << name;
}

}  // namespace
}  // namespace pathology::proxycore::http
