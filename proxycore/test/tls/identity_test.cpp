// Files of certificates and keys, whole and broken.
#include <pathology/proxycore/tls/identity.hpp>

#include <gmock/gmock.h>

#include "support/folder.hpp"
#include "support/process.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using pathology::test::Folder;
using testing::HasSubstr;

TEST(Identity, SurvivesBeingWrittenAndRead) {
    auto const made = test::identity_for({"origin.test"});
    auto const read = Identity::parse(made.pem(), "text").value();
    EXPECT_EQ(read.certificate().der, made.certificate().der);
    EXPECT_EQ(read.pem(), made.pem());
}

TEST(Identity, TakesTheKeyFromAnywhereInTheFile) {
    auto const made = test::identity_for({"origin.test"});
    auto const key = made.pem().substr(0, made.pem().find("-----BEGIN CERTIFICATE"));
    auto const read = Identity::parse(made.certificate().pem() + key, "text");
    ASSERT_TRUE(read) << read.error().message;
}

TEST(Identity, P23_c_NamesTheFileAndWhatIsWrongWithIt) {
    Folder const folder;
    auto const one = test::identity_for({"one.test"});
    auto const key = Authority::make({.key = KeyType::ecdsa_p256}).issue({.names = {"x"}}).value().pem();
    auto const other_key = key.substr(0, key.find("-----BEGIN CERTIFICATE"));
    struct Row {
        std::string content;
        std::string_view failure;
    };
    for (auto const& [content, failure] :
         {Row{"", "there is none"}, Row{"nonsense", "there is none"}, Row{one.certificate().pem(), "no private key"},
          Row{other_key + one.certificate().pem(), "the private key belongs to another certificate"},
          Row{"-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----\n" + one.certificate().pem(), ""}}) {
        auto const file = folder.write("site.pem", content);
        auto const read = Identity::load(file);
        ASSERT_FALSE(read) << content;
        EXPECT_EQ(read.error().code, Errc::bad_certificate_file);
        EXPECT_THAT(read.error().message, HasSubstr(file));
        EXPECT_THAT(read.error().message, HasSubstr(failure));
    }
    EXPECT_THAT(Identity::load(folder.path()).error().message, HasSubstr("it is a folder"));
}

TEST(Identity, P23_d_OpensAnEncryptedKeyWithItsPassphrase) {
    if (!pathology::test::is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    Folder const folder;
    auto const made = test::identity_for({"origin.test"});
    auto const plain = folder.write("plain.pem", made.pem());
    auto const locked = pathology::test::run("openssl", {"pkey", "-in", plain, "-aes128", "-passout", "pass:sesame"});
    ASSERT_EQ(locked.status, 0) << locked.err;
    auto const file = folder.write("locked.pem", locked.out + made.certificate().pem());
    EXPECT_TRUE(Identity::load(file, {.passphrase = "sesame"}));
    EXPECT_THAT(Identity::load(file, {.passphrase = "wrong"}).error().message,
                HasSubstr("the passphrase does not decrypt the key"));
    EXPECT_THAT(Identity::load(file).error().message, HasSubstr("the key is encrypted, and no passphrase is given"));
}

TEST(Certificate, IsReadFromPemAndFromDer) {
    auto const made = test::identity_for({"origin.test"}).certificate();
    auto const from_der = parse_certificates(made.der, "bytes").value();
    auto const from_pem = parse_certificates(made.pem() + made.pem(), "text").value();
    EXPECT_EQ(from_der.size(), 1U);
    EXPECT_EQ(from_der[0].der, made.der);
    EXPECT_EQ(from_pem.size(), 2U);
    EXPECT_EQ(from_pem[1].sha256(), made.sha256());
    EXPECT_EQ(made.sha256().size(), 64U);
    EXPECT_EQ(parse_certificates("nothing", "a text").error().message, "no certificate in a text");
}

TEST(Certificate, IsNeverBrokenByBrokenBytes) {
    auto const der = test::identity_for({"origin.test", "127.0.0.1"}).certificate().der;
    for (std::size_t at = 0; at < der.size(); ++at) {
        for (char const change : {'\x01', '\x7f', '\xff'}) {
            auto broken = der;
            broken[at] = static_cast<char>(broken[at] ^ change);
            if (auto const read = parse_certificates(broken, "bytes")) {
                EXPECT_LE(read->front().der.size(), der.size() + 16);
            }
        }
        EXPECT_FALSE(parse_certificates(der.substr(0, at), "bytes")) << at;
    }
}

}  // namespace
}  // namespace pathology::proxycore::tls
