// Each case of the clinic, as a client sees it that trusts the authority and verifies the name.
#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <pathology/proxycore/tls/clinic.hpp>
#include <set>

#include "support/folder.hpp"
#include "tls/authority.hpp"
#include "tls/engine_pair.hpp"
#include "tls/identity.hpp"

namespace pathology::proxycore::tls {
namespace {

using testing::HasSubstr;

/// An authority as pathod makes one, and its clinic.
Clinic& clinic_of(Authority const& authority) {
    static std::map<std::string, std::unique_ptr<Clinic>> clinics;
    auto& made = clinics[authority.key_type()];
    if (!made) made = std::make_unique<Clinic>(authority, 1000);
    return *made;
}

Authority const& rsa_authority() {
    static auto const made = Authority::make();
    return made;
}

std::string name_for(ClinicCase const& which) { return std::string(which.label) + ".localhost"; }

/// A client that trusts the authority alone.
ConnectSettings trusting(Authority const& authority) {
    static pathology::test::Folder const folder;
    ConnectSettings settings;
    settings.verify = Trust{.file = folder.write(authority.key_type(), authority.certificate_pem())};
    settings.alpn = {"h2", "http/1.1"};
    return settings;
}

/// The handshake of one case.
struct Handshake {
    Handshake(ClinicCase const& which, Authority const& authority, ConnectSettings const& client)
        : pair({.alpn = {"h2", "http/1.1"}}, client, ServerName::of(name_for(which)),
               [&](IdentityQuery const& query) { return clinic_of(authority).find(which, query.sni, query.key); }) {
        pair.server.set_settings_chooser([&](ClientHello const&) { return clinic_of(authority).settings_for(which); });
        pair.handshake();
        test::read_all(pair.client);  // an alert behind a handshake of TLS 1.3
    }

    std::string verdict() const {
        auto const& failure = pair.client.failure();
        if (!failure) return "accepted";
        if (failure->code == Errc::certificate_rejected) return failure->verify_error;
        if (failure->code == Errc::alert_received) return "alert " + std::string(failure->alert->name());
        return failure->reason;
    }

    test::EnginePair pair;
};

/// X509_verify_cert() over the chain, as of a client.
std::string verify(ClinicCase const& which, Authority const& authority, unsigned long flags) {
    auto const name = name_for(which);
    auto const identity = clinic_of(authority).find(which, name, KeyType::ecdsa_p256).value();
    std::unique_ptr<X509_STORE, FreedBy<X509_STORE_free>> const store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), authority.state().certificate());
    ChainPtr const sent(sk_X509_new_null());
    for (auto const& one : identity.parts().chain) sk_X509_push(sent.get(), share(one.get()).release());
    std::unique_ptr<X509_STORE_CTX, FreedBy<X509_STORE_CTX_free>> const verifying(X509_STORE_CTX_new());
    X509_STORE_CTX_init(verifying.get(), store.get(), identity.parts().certificate(), sent.get());
    X509_STORE_CTX_set_default(verifying.get(), "ssl_server");
    auto* const parameters = X509_STORE_CTX_get0_param(verifying.get());
    X509_VERIFY_PARAM_set_flags(parameters, flags);
    X509_VERIFY_PARAM_set_auth_level(parameters, 2);
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), 0);
    bool const is_good = X509_verify_cert(verifying.get()) == 1;
    return is_good ? "accepted" : X509_verify_cert_error_string(X509_STORE_CTX_get_error(verifying.get()));
}

class ClinicRow : public testing::TestWithParam<ClinicCase> {};

TEST_P(ClinicRow, HasItsVerdict) {
    auto const& which = *find_clinic_case(name_for(GetParam()));
    if (!which.tls_fault.empty()) return;  // done by the stream; pathod's tests have these rows
    for (auto const* authority : {&rsa_authority(), &test::authority()}) {
        Handshake const handshake(which, *authority, trusting(*authority));
        EXPECT_EQ(handshake.verdict(), which.verdict) << "with an authority of " << authority->key_type();
    }
}

TEST_P(ClinicRow, HasItsStrictVerdict) {
    auto const& which = *find_clinic_case(name_for(GetParam()));
    auto const usual = verify(which, rsa_authority(), 0);
    auto const strict = verify(which, rsa_authority(), X509_V_FLAG_X509_STRICT);
    EXPECT_EQ(strict == usual ? "" : strict, which.strict_verdict);
}

/// The fault is the one that the client finds: without verification the handshake succeeds, unless it is at fault itself.
TEST_P(ClinicRow, HasNoOtherFault) {
    auto const& which = *find_clinic_case(name_for(GetParam()));
    bool const is_certificate = verify(which, rsa_authority(), 0) == which.verdict;
    if (!is_certificate) return;
    ConnectSettings not_verifying;
    Handshake const handshake(which, rsa_authority(), not_verifying);
    EXPECT_EQ(handshake.verdict(), "accepted");
}

/// GoogleTest allows no hyphens.
std::string row_name(testing::TestParamInfo<ClinicCase> const& row) {
    std::string name(row.param.label);
    std::ranges::replace(name, '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, ClinicRow, testing::ValuesIn(clinic_cases()), row_name);

// --- the list --------------------------------------------------------------------------------------------------------

TEST(Clinic, NamesEachCaseOnce) {
    std::set<std::string_view> names;
    for (auto const& one : clinic_cases()) {
        EXPECT_TRUE(names.insert(one.label).second) << one.label;
        EXPECT_TRUE(one.alias.empty() || names.insert(one.alias).second) << one.alias;
        EXPECT_FALSE(one.fault.empty() || one.verdict.empty()) << one.label;
    }
    EXPECT_GE(clinic_cases().size(), 40U);
}

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string row_of(ClinicCase const& one) {
    auto const alias = one.alias.empty() ? "" : ", " + quoted(one.alias);
    auto const strict = one.strict_verdict.empty() ? "" : "; strict: " + std::string(one.strict_verdict);
    auto const source = one.source.empty() ? "–" : std::string(one.source);
    auto const fault = one.tls_fault.empty() ? "" : ": " + quoted(one.tls_fault);
    return "| " + quoted(one.label) + alias + " | " + std::string(one.fault) + fault + " | " + source + " | " +
           std::string(one.verdict) + strict + " |\n";
}

TEST(Clinic, IsTheTableOfThePage) {
    std::string table = "| label | fault | source | verdict |\n|---|---|---|---|\n";
    for (auto const& one : clinic_cases()) table += row_of(one);
    std::ifstream file(TLS_PAGE);
    std::string const page{std::istreambuf_iterator<char>(file), {}};
    EXPECT_NE(page.find("\n" + table + "\n"), page.npos) << "doc/tls.md lacks this table:\n" << table;
}

struct NameCase {
    std::string_view server_name, label;
};

TEST(Clinic, IsFoundByTheFirstLabel) {
    constexpr NameCase rows[] = {
        {"expired.localhost", "expired"},
        {"EXPIRED.Example.ORG", "expired"},
        {"expired.a.b.c", "expired"},
        {"wrong.host.localhost", "wrong-host"},
        {"future.localhost", "not-yet-valid"},
        {"expired", ""},
        {"expired.", ""},
        {"expiredlocalhost", ""},
        {"www.expired.localhost", ""},
        {"wrong.localhost", ""},
        {"expired.a,b", ""},
        {"expired.a b", ""},
        {".localhost", ""},
        {"", ""},
    };
    for (auto const& row : rows) {
        auto const* const found = find_clinic_case(row.server_name);
        EXPECT_EQ(found != nullptr ? found->label : "", row.label) << row.server_name;
    }
    EXPECT_EQ(find_clinic_case("expired." + std::string(300, 'a')), nullptr);
}

TEST(Clinic, KeepsABoundedNumberOfCertificates) {
    Clinic clinic(test::authority(), 3);
    auto const& which = *find_clinic_case("expired.localhost");
    auto const find = [&](std::string const& name) {
        return clinic.find(which, name, KeyType::ecdsa_p256).value().certificate().der;
    };
    auto const first = find("expired.a.test");
    EXPECT_EQ(find("expired.a.test"), first);
    for (int i = 0; i < 5; ++i) find("expired.b" + std::to_string(i) + ".test");
    EXPECT_EQ(clinic.issued(), 3U);
    EXPECT_NE(find("expired.a.test"), first);
}

TEST(Clinic, MakesCertificatesAsWorkForAnotherThread) {
    Clinic clinic(test::authority());
    auto const& which = *find_clinic_case("rsa1024.localhost");
    auto const work = clinic.slow_work(which, "rsa1024.localhost", KeyType::ecdsa_p256);
    ASSERT_TRUE(work);
    EXPECT_EQ(clinic.issued(), 0U);
    work();
    EXPECT_EQ(clinic.issued(), 1U);
    EXPECT_FALSE(clinic.slow_work(which, "rsa1024.localhost", KeyType::ecdsa_p256));
    EXPECT_TRUE(clinic.slow_work(which, "rsa1024.other", KeyType::ecdsa_p256));
    EXPECT_TRUE(clinic.slow_work(which, "rsa1024.localhost", KeyType::rsa_2048));
}

/// A name that fits into no common name is still an alternative name.
TEST(Clinic, MakesCertificatesForLongNames) {
    Clinic clinic(test::authority());
    std::string name = "sha256";
    for (int i = 0; i < 4; ++i) name += "." + std::string(50, 'a');
    auto const made = clinic.find(*find_clinic_case(name), name, KeyType::ecdsa_p256).value().certificate();
    EXPECT_EQ(made.subject_value("CN"), "");
    EXPECT_EQ(made.alternative_names.at(0).value, name);
}

/// Clients without ECDSA get RSA keys all along the chain.
TEST(Clinic, ServesClientsWithoutEcdsa) {
    auto const& which = *find_clinic_case("long-chain.localhost");
    auto settings = trusting(rsa_authority());
    settings.versions = {Version::tls1_2, Version::tls1_2};
    settings.ciphers.list = "ECDHE-RSA-AES128-GCM-SHA256";
    Handshake const handshake(which, rsa_authority(), settings);
    EXPECT_EQ(handshake.verdict(), "accepted");
    for (auto const& one : handshake.pair.client.info().peer_chain) EXPECT_EQ(one.key_type, "RSA");
}

/// The stapled responses, as their bytes reach the client, are what OpenSSL verifies them to be.
TEST(Clinic, StaplesResponsesOfOcsp) {
    Clinic clinic(test::authority());
    auto const response_of = [&](std::string const& label) {
        auto const name = label + ".localhost";
        return clinic.find(*find_clinic_case(name), name, KeyType::ecdsa_p256).value().parts().ocsp_response;
    };
    EXPECT_EQ(response_of("sha256"), "");
    EXPECT_EQ(response_of("must-staple"), "");
    EXPECT_NE(response_of("ocsp-good"), response_of("revoked"));
    EXPECT_EQ(response_of("ocsp-malformed"), "no response");
}

}  // namespace
}  // namespace pathology::proxycore::tls
