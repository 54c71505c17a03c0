// Which certificate is found for which name.
#include <pathology/proxycore/tls/certificate_store.hpp>

#include <gmock/gmock.h>

#include <thread>

#include "support/folder.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using pathology::test::Folder;
using testing::HasSubstr;

std::string common_name(Result<Identity> const& identity) {
    return identity ? identity->certificate().subject_value("CN") : "error: " + identity.error().message;
}

std::string serial(Result<Identity> const& identity) { return identity.value().certificate().serial; }

TEST(CertificateStore, P21_d_KeepsWhatItIssued) {
    CertificateStore store(test::authority());
    EXPECT_EQ(serial(store.find({.names = {"a.test"}})), serial(store.find({.names = {"a.test"}})));
    EXPECT_NE(serial(store.find({.names = {"a.test"}})), serial(store.find({.names = {"b.test"}})));
    EXPECT_EQ(store.issued(), 2U);
}

TEST(CertificateStore, TellsNamesApartByAllTheyHave) {
    CertificateStore store(test::authority());
    std::vector<std::string> const serials{
        serial(store.find({.names = {"a.test"}})),
        serial(store.find({.names = {"a.test", "b.test"}})),
        serial(store.find({.names = {"a.test"}, .organization = "O"})),
        serial(store.find({.names = {"a.test"}}, KeyType::rsa_2048)),
        serial(store.find(LeafNames::exactly("a", {"a.test"}))),
    };
    for (std::size_t i = 0; i < serials.size(); ++i) {
        EXPECT_EQ(std::count(serials.begin(), serials.end(), serials[i]), 1) << i;
    }
}

/// A client that accepts RSA keys alone.
AcceptedCertificates rsa_alone() {
    AcceptedCertificates accepted;
    accepted.version = Version::tls1_2;
    accepted.ecdsa_ciphers = false;
    return accepted;
}

TEST(CertificateStore, HasWorkForAnotherThreadWhereAnRsaKeyIsMissing) {
    LeafNames const names{.names = {"a.test"}};
    CertificateStore store(Authority::make({.key = KeyType::ecdsa_p256}));
    EXPECT_FALSE(store.slow_work(names, {})) << "an ECDSA key is made quickly";
    auto const work = store.slow_work(names, rsa_alone());
    ASSERT_TRUE(work);
    std::thread(work).join();
    EXPECT_FALSE(store.slow_work(names, rsa_alone()));
    EXPECT_EQ(store.issued(), 1U);
    EXPECT_EQ(store.find(names, rsa_alone())->certificate().key_type, "RSA");
    EXPECT_EQ(store.issued(), 1U) << "the work has issued it";
    EXPECT_FALSE(store.slow_work({.names = {"b.test"}}, rsa_alone())) << "all leaves have the same key";
}

TEST(CertificateStore, HasNoWorkForCertificatesThatWereGiven) {
    CertificateStore store(Authority::make({.key = KeyType::ecdsa_p256}));
    store.give("*", test::identity_for({"a.test"}));
    EXPECT_FALSE(store.slow_work({.names = {"a.test"}}, rsa_alone()));
}

TEST(CertificateStore, HasWorkThatOutlivesIt) {
    std::function<void()> work;
    {
        CertificateStore const store(Authority::make({.key = KeyType::ecdsa_p256}));
        work = store.slow_work({.names = {"a.test"}}, rsa_alone());
    }
    work();
}

TEST(CertificateStore, P21_b_DropsTheOneUnusedForLongest) {
    CertificateStore store(test::authority(), 3);
    auto const a = serial(store.find({.names = {"a.test"}}));
    auto const b = serial(store.find({.names = {"b.test"}}));
    store.find({.names = {"c.test"}}).value();
    EXPECT_EQ(serial(store.find({.names = {"a.test"}})), a);
    store.find({.names = {"d.test"}}).value();
    EXPECT_EQ(store.issued(), 3U);
    EXPECT_EQ(serial(store.find({.names = {"a.test"}})), a) << "used since";
    EXPECT_NE(serial(store.find({.names = {"b.test"}})), b) << "issued anew";
}

struct LookupCase {
    std::string_view name;
    std::vector<std::string> names;
    std::string_view found;
};
class P23_b_Lookup : public testing::TestWithParam<LookupCase> {};
TEST_P(P23_b_Lookup, TakesTheMostSpecific) {
    CertificateStore store(test::authority());
    for (auto const* pattern : {"origin.test", "*.a.test", "*.test", "Mixed.Case"}) {
        store.give(pattern, test::authority().issue(LeafNames::exactly(pattern, {})).value());
    }
    EXPECT_EQ(common_name(store.find({.names = GetParam().names})), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(Names, P23_b_Lookup,
                         testing::Values(LookupCase{"Exact", {"origin.test"}, "origin.test"},
                                         LookupCase{"AnyCase", {"ORIGIN.Test"}, "origin.test"},
                                         LookupCase{"PatternAnyCase", {"mixed.case"}, "Mixed.Case"},
                                         LookupCase{"Wildcard", {"b.a.test"}, "*.a.test"},
                                         LookupCase{"DeepWildcard", {"c.b.a.test"}, "*.a.test"},
                                         LookupCase{"WiderWildcard", {"other.test"}, "*.test"},
                                         LookupCase{"WildcardIsNotItsParent", {"a.test"}, "*.test"},
                                         LookupCase{"SecondName", {"elsewhere.example", "x.a.test"}, "*.a.test"},
                                         LookupCase{"Nowhere", {"elsewhere.example"}, "elsewhere.example"}),
                         pathology::test::row_name);

TEST(CertificateStore, P23_b_CatchAllComesLast) {
    CertificateStore store(test::authority());
    store.give("*", test::authority().issue(LeafNames::exactly("all", {})).value());
    store.give("*.a.test", test::authority().issue(LeafNames::exactly("some", {})).value());
    EXPECT_EQ(common_name(store.find({.names = {"elsewhere.example", "x.a.test"}})), "some");
    EXPECT_EQ(common_name(store.find({.names = {"elsewhere.example"}})), "all");
}

TEST(CertificateStore, ReadsFilesWithAndWithoutAPattern) {
    Folder const folder;
    auto const file = folder.write("site.pem", test::identity_for({"site.test", "www.site.test"}).pem());
    CertificateStore store(test::authority());
    ASSERT_TRUE(store.give_file("*.example.org=" + file));
    EXPECT_EQ(common_name(store.find({.names = {"x.example.org"}})), "site.test");
    EXPECT_EQ(common_name(store.find({.names = {"www.site.test"}})), "site.test") << "by its own names";
    EXPECT_EQ(common_name(store.find({.names = {"else.where"}})), "else.where");
    ASSERT_TRUE(store.give_file(file));
    EXPECT_EQ(common_name(store.find({.names = {"else.where"}})), "site.test");
}

TEST(CertificateStore, TakesTheAuthoritysKeyForAFileWithoutOne) {
    Folder const folder;
    auto const authority = Authority::make();
    auto const own = authority.issue({.names = {"own.test"}}, KeyType::rsa_2048).value();
    CertificateStore store(authority);
    EXPECT_TRUE(store.give_file(folder.write("own.pem", own.certificate().pem())));
    auto const other = folder.write("other.pem", test::identity_for({"other.test"}).certificate().pem());
    auto const given = store.give_file(other);
    ASSERT_FALSE(given);
    EXPECT_THAT(given.error().message, HasSubstr(other));
    EXPECT_THAT(given.error().message, HasSubstr("no private key for it, and the authority's does not fit"));
}

TEST(CertificateStore, P23_c_ReportsWhatIsWrongWithAFile) {
    CertificateStore store(test::authority());
    auto const missing = store.give_file("a.test=/nowhere/at/all.pem");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, "cannot read '/nowhere/at/all.pem': No such file or directory");
}

TEST(CertificateStore, ServesManyThreads) {
    CertificateStore store(test::authority(), 4);
    std::vector<std::thread> threads(4);
    std::atomic<int> wrong = 0;
    for (auto& thread : threads) {
        thread = std::thread([&] {
            for (int i = 0; i < 200; ++i) {
                auto const name = "host" + std::to_string(i % 6) + ".test";
                if (common_name(store.find({.names = {name}})) != name) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(store.issued(), 4U);
}

}  // namespace
}  // namespace pathology::proxycore::tls
