// Authorities, their files, and what they issue.
#include <pathology/proxycore/tls/authority.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

#include "support/folder.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

namespace fs = std::filesystem;
using pathology::test::Folder;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = AlternativeName::Kind;

AuthorityOptions quick() { return {.key = KeyType::ecdsa_p256}; }

unsigned mode_of(fs::path const& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

TEST(Authority, P20_a_IsMadeOnFirstUseAndFoundAgain) {
    Folder const folder;
    auto const home = folder.path() / "deep" / "home";
    auto const first = Authority::open(home);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(mode_of(home), 0700U);
    EXPECT_EQ(mode_of(home / "pathology-ca.pem"), 0600U);
    EXPECT_EQ(mode_of(home / "pathology-ca.p12"), 0600U);
    for (auto const* name : {"pathology-ca-cert.pem", "pathology-ca-cert.cer", "pathology-ca-cert.p12"}) {
        EXPECT_EQ(mode_of(home / name), 0644U) << name;
    }
    EXPECT_EQ(folder.read("deep/home/pathology-ca-cert.pem"), first->certificate_pem());
    EXPECT_EQ(folder.read("deep/home/pathology-ca-cert.cer"), first->certificate_pem());
    auto const content = folder.read("deep/home/pathology-ca.pem");
    auto const second = Authority::open(home);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->certificate().der, first->certificate().der);
    EXPECT_EQ(second->file(), home / "pathology-ca.pem");
    EXPECT_EQ(folder.read("deep/home/pathology-ca.pem"), content);
    EXPECT_THAT(std::distance(fs::directory_iterator(home), {}), 5) << "nothing else lies about";
}

TEST(Authority, IsMadeInAFolderOfTheCurrentOne) {
    Folder const folder;
    auto const before = fs::current_path();
    fs::current_path(folder.path());
    auto const made = Authority::open("home");
    fs::current_path(before);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(folder.read("home/pathology-ca-cert.pem"), made->certificate_pem());
}

TEST(Authority, P20_IsOfTheKindThatClientsExpect) {
    auto const certificate = Authority::make().certificate();
    EXPECT_EQ(to_string(certificate.subject), "CN=pathology, O=pathology");
    EXPECT_EQ(certificate.issuer, certificate.subject);
    EXPECT_EQ(certificate.key_type, "RSA");
    EXPECT_EQ(certificate.key_bits, 2048U);
    EXPECT_EQ(certificate.signature_algorithm, "sha256WithRSAEncryption");
    EXPECT_EQ(certificate.version, 3U);
    EXPECT_TRUE(certificate.is_authority);
    using Days = std::chrono::duration<int, std::ratio<86400>>;
    EXPECT_EQ(std::chrono::duration_cast<Days>(certificate.not_after - certificate.not_before).count(), 3650);
    auto const now = std::chrono::system_clock::now();
    EXPECT_TRUE(certificate.is_valid_at(now) && certificate.is_valid_at(now - std::chrono::hours(47)));
}

TEST(Authority, P20_ComesIntoBeingOnceWhenManyStartAtOnce) {
    Folder const folder;
    std::vector<std::string> found(8);
    {
        std::vector<std::thread> threads;
        threads.reserve(found.size());
        for (auto& der : found) {
            threads.emplace_back([&] { der = Authority::open(folder.path(), quick()).value().certificate().der; });
        }
        for (auto& thread : threads) thread.join();
    }
    EXPECT_THAT(found, testing::Each(found.front()));
    auto const stored = parse_certificates(folder.read("pathology-ca-cert.pem"), "file").value();
    EXPECT_EQ(stored.front().der, found.front());
    EXPECT_THAT(std::distance(fs::directory_iterator(folder.path()), {}), 5);
}

TEST(Authority, MakesAMissingPublicFileAnew) {
    Folder const folder;
    auto const made = Authority::open(folder.path(), quick()).value();
    fs::remove(folder.path() / "pathology-ca-cert.pem");
    ASSERT_TRUE(Authority::open(folder.path(), quick()));
    EXPECT_EQ(folder.read("pathology-ca-cert.pem"), made.certificate_pem());
}

TEST(Authority, P20_b_UsesThatOfMitmproxy) {
    Folder const folder;
    ASSERT_TRUE(Authority::open(folder.path(), {.name = "mitmproxy"}));
    auto const lent = Authority::open(folder.path());
    ASSERT_TRUE(lent) << lent.error().message;
    EXPECT_EQ(lent->certificate().subject_value("O"), "mitmproxy");
    EXPECT_EQ(lent->file().filename(), "mitmproxy-ca.pem");
    EXPECT_FALSE(fs::exists(folder.path() / "pathology-ca.pem"));
}

struct BrokenCase {
    std::string_view name, failure;
    std::string content;
};
class P20_d_BrokenAuthority : public testing::TestWithParam<BrokenCase> {};
TEST_P(P20_d_BrokenAuthority, IsReportedByTheFilesName) {
    Folder const folder;
    auto const file = folder.write("pathology-ca.pem", GetParam().content);
    auto const opened = Authority::open(folder.path());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::bad_certificate_file);
    EXPECT_THAT(opened.error().message, HasSubstr(file));
    EXPECT_THAT(opened.error().message, HasSubstr(GetParam().failure));
    EXPECT_EQ(folder.read("pathology-ca.pem"), GetParam().content) << "what is broken is not overwritten";
}
std::string certificate_alone() { return Authority::make(quick()).certificate_pem(); }
std::string mixed() { return test::identity_for({"x"}).pem().substr(0, 241) + certificate_alone(); }
INSTANTIATE_TEST_SUITE_P(Files, P20_d_BrokenAuthority,
                         testing::Values(BrokenCase{"Empty", "it holds no certificate", ""},
                                         BrokenCase{"Garbage", "it holds no certificate", "garbage\n\x01\x02"},
                                         BrokenCase{"NoKey", "it holds no private key", certificate_alone()},
                                         BrokenCase{"WrongKey", "its private key belongs to another", mixed()},
                                         BrokenCase{"CutKey", "cannot use the certificate authority",
                                                    "-----BEGIN PRIVATE KEY-----\nMIGH\n" + certificate_alone()}),
                         pathology::test::row_name);

TEST(Authority, ReportsWhenTheFolderCannotBe) {
    Folder const folder;
    folder.write("occupied", "");
    auto const opened = Authority::open(folder.path() / "occupied");
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr((folder.path() / "occupied").string()));
    EXPECT_FALSE(Authority::open({}));
}

TEST(Authority, P20_c_SendsItsChainWhenItIsAnIntermediate) {
    Folder const folder;
    auto const root = Authority::make(quick());
    Authority::open(folder.path(), quick()).value();
    folder.write("pathology-ca.pem", folder.read("pathology-ca.pem") + root.certificate_pem());
    auto const intermediate = Authority::open(folder.path()).value();
    auto const chain = intermediate.issue({.names = {"origin.test"}}).value().chain();
    ASSERT_EQ(chain.size(), 3U);
    EXPECT_EQ(chain[1].der, intermediate.certificate().der);
    EXPECT_EQ(chain[2].der, root.certificate().der);
}

// --- leaves ----------------------------------------------------------------------------------------------------------

TEST(Leaf, IsGoodForItsNames) {
    auto const leaf = test::authority().issue({.names = {"origin.test", "127.0.0.1", "::1", "origin.test"}}).value();
    auto const certificate = leaf.certificate();
    EXPECT_EQ(to_string(certificate.subject), "CN=origin.test");
    EXPECT_EQ(certificate.issuer, test::authority().certificate().subject);
    EXPECT_THAT(certificate.alternative_names,
                ElementsAre(AlternativeName{Kind::dns, "origin.test"}, AlternativeName{Kind::ip, "127.0.0.1"},
                            AlternativeName{Kind::ip, "::1"}));
    EXPECT_EQ(certificate.key_type, "EC");
    EXPECT_EQ(certificate.key_bits, 256U);
    EXPECT_FALSE(certificate.is_authority);
    EXPECT_EQ((certificate.not_after - certificate.not_before) / std::chrono::hours(24), 199);
    EXPECT_GE(certificate.serial.size(), 20U);
}

TEST(Leaf, P21_CopiesTheNamesOfAnUpstreamCertificate) {
    auto const upstream = test::authority()
                              .issue({.names = {"origin.test", "alt.test", "127.0.0.1"},
                                      .organization = "Origin Ltd",
                                      .crl_url = "http://origin.test/crl"})
                              .value()
                              .certificate();
    EXPECT_EQ(upstream.crl_url, "http://origin.test/crl");
    auto const names = LeafNames::copied_from(upstream, {"foo.example", "origin.test"});
    auto const copy = test::authority().issue(names).value().certificate();
    EXPECT_EQ(to_string(copy.subject), "CN=origin.test, O=Origin Ltd");
    EXPECT_THAT(copy.alternative_names,
                ElementsAre(AlternativeName{Kind::dns, "origin.test"}, AlternativeName{Kind::dns, "alt.test"},
                            AlternativeName{Kind::ip, "127.0.0.1"}, AlternativeName{Kind::dns, "foo.example"}));
    EXPECT_NE(copy.serial, upstream.serial);
}

TEST(Leaf, P21_c_HasNoCommonNameWhenTheFirstNameIsTooLong) {
    auto const name = std::string(60, 'a') + ".test.example";
    auto const certificate = test::authority().issue({.names = {name}}).value().certificate();
    EXPECT_TRUE(certificate.subject.empty());
    EXPECT_THAT(certificate.alternative_names, ElementsAre(AlternativeName{Kind::dns, name}));
}

TEST(Leaf, HasExactlyWhatItIsGiven) {
    auto const certificate =
        test::authority().issue(LeafNames::exactly("pathod.net", {"a.test", "10.0.0.1"})).value().certificate();
    EXPECT_EQ(certificate.subject_value("CN"), "pathod.net");
    EXPECT_THAT(certificate.alternative_names,
                ElementsAre(AlternativeName{Kind::dns, "a.test"}, AlternativeName{Kind::ip, "10.0.0.1"}));
    EXPECT_TRUE(test::authority().issue(LeafNames::exactly("cn", {})).value().certificate().alternative_names.empty());
}

TEST(Leaf, IsRefusedForNamesThatCannotBe) {
    for (std::string const name : {"", "with space", "newline\n", "m\xc3\xbcnchen.test", "\x7f"}) {
        auto const made = test::authority().issue({.names = {name}});
        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().code, Errc::bad_settings);
    }
    EXPECT_FALSE(test::authority().issue({.names = {}}));
    EXPECT_FALSE(test::authority().issue({.names = {std::string(256, 'x')}}));
}

TEST(Leaf, SharesTheAuthoritysKeyWhenBothAreRsa) {
    auto const authority = Authority::make();
    auto const leaf = authority.issue({.names = {"origin.test"}}, KeyType::rsa_2048).value();
    EXPECT_EQ(leaf.certificate().key_type, "RSA");
    EXPECT_EQ(leaf.certificate().signature_algorithm, "sha256WithRSAEncryption");
}

TEST(Leaf, P21_e_PassesOpensslVerify) {
    if (!pathology::test::is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    Folder const folder;
    auto const authority = Authority::make();
    auto const trusted = folder.write("ca.pem", authority.certificate_pem());
    struct Row {
        std::string_view name;
        LeafNames names;
        KeyType key;
    };
    for (auto const& [name, names, key] :
         {Row{"plain", {.names = {"origin.test"}}, KeyType::ecdsa_p256},
          Row{"rsa", {.names = {"origin.test"}}, KeyType::rsa_2048},
          Row{"long", {.names = {std::string(60, 'a') + ".test.example"}}, KeyType::ecdsa_p256},
          Row{"address", {.names = {"127.0.0.1"}, .organization = "O"}, KeyType::ecdsa_p256}}) {
        auto const leaf = folder.write(name, authority.issue(names, key).value().certificate().pem());
        auto const ended = pathology::test::run(
            "openssl", {"verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", trusted, leaf});
        EXPECT_EQ(ended.status, 0) << name << ": " << ended.out << ended.err;
    }
}

TEST(Authority, FilesArePkcs12ThatOpensslReads) {
    if (!pathology::test::is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    Folder const folder;
    ASSERT_TRUE(Authority::open(folder.path()));
    auto const read = [&](std::string const& name) {
        return pathology::test::run("openssl",
                                    {"pkcs12", "-in", (folder.path() / name).string(), "-passin", "pass:", "-nodes"});
    };
    auto const certificate = read("pathology-ca-cert.p12");
    EXPECT_EQ(certificate.status, 0) << certificate.err;
    EXPECT_THAT(certificate.out, HasSubstr("BEGIN CERTIFICATE"));
    EXPECT_THAT(certificate.out, Not(HasSubstr("PRIVATE KEY")));
    EXPECT_THAT(read("pathology-ca.p12").out, HasSubstr("PRIVATE KEY"));
}

}  // namespace
}  // namespace pathology::proxycore::tls
