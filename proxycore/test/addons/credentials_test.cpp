#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/errors.hpp>

#include "addons/credentials.hpp"
#include "addons/password_hash.hpp"
#include "support/folder.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::addons {
namespace {

struct BasicCase {
    std::string_view name, field;
    std::optional<Credentials> credentials;
};
void PrintTo(BasicCase const& row, std::ostream* out) { *out << row.name; }
class BasicField : public testing::TestWithParam<BasicCase> {};
TEST_P(BasicField, IsRead) { EXPECT_EQ(parse_basic(GetParam().field), GetParam().credentials); }
INSTANTIATE_TEST_SUITE_P(
    Rfc7617, BasicField,
    testing::Values(
        BasicCase{"Example", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Credentials{"Aladdin", "open sesame"}},
        BasicCase{"SchemeInAnyCase", "bASIC dTpw", Credentials{"u", "p"}},
        BasicCase{"Blanks", "  Basic   dTpw  ", Credentials{"u", "p"}},
        BasicCase{"P62_g_ColonInThePassword", "Basic dTphOmI=", Credentials{"u", "a:b"}},
        BasicCase{"EmptyPassword", "Basic dTo=", Credentials{"u", ""}},
        BasicCase{"EmptyUser", "Basic OnA=", Credentials{"", "p"}}, BasicCase{"NoColon", "Basic dXA=", std::nullopt},
        BasicCase{"OtherScheme", "Bearer dTpw", std::nullopt}, BasicCase{"SchemeAlone", "Basic", std::nullopt},
        BasicCase{"Empty", "", std::nullopt}, BasicCase{"NotBase64", "Basic u:p!", std::nullopt},
        BasicCase{"NoPadding", "Basic dTo", std::nullopt}, BasicCase{"PaddingAlone", "Basic ====", std::nullopt},
        BasicCase{"PaddingInside", "Basic dT=p", std::nullopt}),
    test::row_name);

// --- hashes: made by htpasswd, openssl passwd and Python's crypt -----------------------------------------------------

struct HashCase {
    std::string_view name, password, hash;
};
void PrintTo(HashCase const& row, std::ostream* out) { *out << row.name; }
class P62_c_Hash : public testing::TestWithParam<HashCase> {};
TEST_P(P62_c_Hash, FitsItsPasswordAlone) {
    auto const& [name, password, hash] = GetParam();
    EXPECT_TRUE(is_known_hash(hash));
    EXPECT_TRUE(matches_hash(password, hash));
    EXPECT_FALSE(matches_hash(std::string(password) + "x", hash));
    EXPECT_FALSE(matches_hash("other", hash));
    EXPECT_FALSE(matches_hash(std::string(password) + '\0', hash));
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, P62_c_Hash,
    testing::Values(HashCase{"Sha1", "secret:word", "{SHA}RTNLdD5+9/4RxR5BjupkNuoVPsg="},
                    HashCase{"Apr1", "secret:word", "$apr1$saltsalt$fMuwmKgewXQf.dSVQR4vX1"},
                    HashCase{"Apr1ShortSalt", "", "$apr1$ab$S8K6Sgp3W8c9Jb6LxgywZ."},
                    HashCase{"Apr1LongPassword", "a password of more than sixteen bytes",
                             "$apr1$abcdefgh$EJvhw845MtIPi.xyhIm.Y/"},
                    HashCase{"Bcrypt2b", "secret:word", "$2b$04$VqeF6by5Un.ZreD.OWjsb.SzWHTf9IRVzdrLL97Yl7ZZZ0fkFDmOy"},
                    HashCase{"Bcrypt2y", "secret:word", "$2y$04$Uuz4GtJSElwlRe/5s63KseSLWfB/C8Pf8GueQP7QLOwPkyvEVAI3."},
                    HashCase{"Sha256", "secret:word",
                             "$5$rounds=1000$hpcz6vxyb6sgEsx3$.pMsyISWu2DgHSLLB/xSbmA54kKk6dn0PFbGs3/tp8B"},
                    HashCase{"Sha512", "secret:word",
                             "$6$rounds=1000$caSj23J.RyjJ3lXU$sbutnkqCdJd40mdIrMGjTqS1P93EuH5ViVKyKe4Bp7x3im7."
                             "ArqDN104nsOqYSuIjctxjRzvdeaut6b3G59Bt0"}),
    test::row_name);

TEST(Hash, BrokenOnesFitNothing) {
    for (auto const hash :
         {"", "{SHA}", "$apr1$", "$apr1$salt", "$2y$", "$2y$99$x", "$5$", "$6$rounds=1$", "secret", "*0", "*1"})
        EXPECT_FALSE(matches_hash("secret", hash)) << hash;
}

// --- htpasswd files --------------------------------------------------------------------------------------------------

TEST(Htpasswd, AcceptsItsUsers) {
    auto const users = Htpasswd::parse(
        "# users\n\n  ann:{SHA}RTNLdD5+9/4RxR5BjupkNuoVPsg=\r\nbob:$apr1$ab$S8K6Sgp3W8c9Jb6LxgywZ.\n", "users");
    EXPECT_TRUE(users.accepts({"ann", "secret:word"}));
    EXPECT_TRUE(users.accepts({"bob", ""}));
    EXPECT_FALSE(users.accepts({"ann", ""}));
    EXPECT_FALSE(users.accepts({"eve", "secret:word"}));
    EXPECT_FALSE(users.accepts({"# users", ""}));
}

struct BadLineCase {
    std::string_view name, text, message;
};
void PrintTo(BadLineCase const& row, std::ostream* out) { *out << row.name; }
class BadHtpasswd : public testing::TestWithParam<BadLineCase> {};
TEST_P(BadHtpasswd, IsRefusedWithItsLine) {
    try {
        Htpasswd::parse(GetParam().text, "users");
        FAIL() << "nothing was thrown";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().message));
    }
}
INSTANTIATE_TEST_SUITE_P(
    P62, BadHtpasswd,
    testing::Values(BadLineCase{"NoColon", "#\nann\n", "users:2: expected USER:HASH"},
                    BadLineCase{"NoUser", ":{SHA}x", "users:1: expected USER:HASH"},
                    BadLineCase{"PlainText", "ann:secret",
                                "users:1: the password of user \"ann\" is hashed in a way that cannot be checked"},
                    BadLineCase{"Des", "ann:rl0uE0tWSTGVc", "the password of user \"ann\""},
                    BadLineCase{"Md5Crypt", "ann:$1$salt$x", "the password of user \"ann\""}),
    test::row_name);

TEST(Htpasswd, IsReadFromAFile) {
    pathology::test::Folder const folder;
    auto const rule = parse_credential_rule("@" + folder.write("users", "ann:{SHA}RTNLdD5+9/4RxR5BjupkNuoVPsg=\n"));
    EXPECT_TRUE(rule({"ann", "secret:word"}));
    EXPECT_FALSE(rule({"ann", "secret"}));
    EXPECT_THROW(parse_credential_rule("@" + folder.path().string() + "/no-users"), OptionsError);
}

// --- the option ------------------------------------------------------------------------------------------------------

TEST(CredentialRule, P62_e_AnyTakesAnybody) { EXPECT_TRUE(parse_credential_rule("any")({"ann", ""})); }

TEST(CredentialRule, P62_g_OneUserMayHaveAColonInThePassword) {
    auto const rule = parse_credential_rule("ann:a:b");
    EXPECT_TRUE(rule({"ann", "a:b"}));
    EXPECT_FALSE(rule({"ann", "a"}));
    EXPECT_FALSE(rule({"ann:a", "b"}));
    EXPECT_FALSE(rule({"Ann", "a:b"}));
}

TEST(CredentialRule, P62_NeedsAColon) {
    EXPECT_THROW(parse_credential_rule(""), OptionsError);
    EXPECT_THROW(parse_credential_rule("ann"), OptionsError);
}

}  // namespace
}  // namespace pathology::proxycore::addons
