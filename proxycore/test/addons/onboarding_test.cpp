// The sites inside of the proxy: the authority's certificate, and its list of revocations.

#include <gmock/gmock.h>

#include "addons/chain_fixture.hpp"
#include "addons/onboarding.hpp"
#include "addons/revocations.hpp"
#include "support/folder.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::addons {
namespace {

using pathology::test::Folder;
using test::ChainFixture;
using test::play;
using test::run;
using testing::HasSubstr;

tls::Authority authority() {
    static tls::Authority const made = tls::Authority::make({.name = "testing", .key = tls::KeyType::ecdsa_p256});
    return made;
}

/// A running proxy with both sites.
struct Sites : ChainFixture {
    explicit Sites(std::vector<std::string> const& settings = {}) {
        chain.add(std::make_shared<Onboarding>(authority));
        chain.add(std::make_shared<Revocations>(authority));
        for (auto const& setting : settings) options.apply({parse_setting(setting)});
        play([&]() -> asio::awaitable<void> { co_await chain.start(); });
    }

    /// What a request for the URL is answered with, without a server.
    std::optional<flow::Response> get(std::string_view url, std::string_view host_field = {}) {
        auto flow = test::make_flow();
        flow.request = flow::Request::make("GET", url).value();
        if (!host_field.empty()) flow.request.headers.add("Host", host_field);
        run(chain, hooks::request, flow);
        return flow.response;
    }
};

struct PageCase {
    std::string_view name, path, type, disposition;
};
class P28_Page : public testing::TestWithParam<PageCase> {};
TEST_P(P28_Page, IsThere) {
    Sites sites;
    for (auto const* const root : {"http://mitm.it", "https://mitm.it", "http://MITM.it:8080"}) {
        auto const response = sites.get(root + std::string(GetParam().path));
        ASSERT_TRUE(response) << root;
        EXPECT_EQ(response->status_code, 200U);
        EXPECT_EQ(response->headers.first("Content-Type"), GetParam().type);
        EXPECT_EQ(response->headers.first("Content-Disposition").value_or(""), GetParam().disposition);
        EXPECT_EQ(response->headers.first("Content-Length"), std::to_string(response->raw_content->size()));
    }
}
INSTANTIATE_TEST_SUITE_P(, P28_Page,
                         testing::Values(PageCase{"Root", "/", "text/html; charset=utf-8", ""},
                                         PageCase{"Query", "/?x=1", "text/html; charset=utf-8", ""},
                                         PageCase{"Pem", "/cert/pem", "application/x-x509-ca-cert",
                                                  "attachment; filename=testing-ca-cert.pem"},
                                         PageCase{"Cer", "/cert/cer", "application/x-x509-ca-cert",
                                                  "attachment; filename=testing-ca-cert.cer"},
                                         PageCase{"P12", "/cert/p12", "application/x-pkcs12",
                                                  "attachment; filename=testing-ca-cert.p12"}),
                         pathology::test::row_name);

TEST(Onboarding, P28_a_GivesTheCertificate) {
    Sites sites;
    EXPECT_EQ(sites.get("http://mitm.it/cert/pem")->raw_content, authority().certificate_pem());
    EXPECT_EQ(sites.get("http://mitm.it/cert/cer")->raw_content, authority().certificate_pem());
}

TEST(Onboarding, P28_HasALinkForEachPlatform) {
    Sites sites;
    auto const page = sites.get("http://mitm.it/")->raw_content.value();
    for (auto const* const text : {"Windows", "macOS", "Linux", "iOS", "Android", "Firefox", "href=\"/cert/pem\"",
                                   "href=\"/cert/cer\"", "href=\"/cert/p12\""})
        EXPECT_THAT(page, HasSubstr(text));
    EXPECT_THAT(page, HasSubstr(authority().certificate().sha256()));
}

TEST(Onboarding, P28_HasNothingElse) {
    Sites sites;
    EXPECT_EQ(sites.get("http://mitm.it/cert/none")->status_code, 404U);
    EXPECT_FALSE(sites.get("http://origin.test/cert/pem"));
    EXPECT_FALSE(sites.get("http://sub.mitm.it/"));
}

TEST(Onboarding, P28_GoesByTheNameTheClientSpeaksOf) {
    Sites sites;
    EXPECT_TRUE(sites.get("http://10.0.0.1/", "mitm.it"));
}

TEST(Onboarding, P28_c_CanBeSwitchedOff) {
    Sites sites({"onboarding=false"});
    EXPECT_FALSE(sites.get("http://mitm.it/"));
}

TEST(Onboarding, P28_d_HasTheHostOfTheOption) {
    Sites sites({"onboarding_host=Setup.test"});
    EXPECT_TRUE(sites.get("http://setup.test/cert/pem"));
    EXPECT_FALSE(sites.get("http://mitm.it/cert/pem"));
}

TEST(Onboarding, P28_LeavesResponsesOfOthersAlone) {
    Sites sites;
    auto flow = test::make_flow();
    flow.request = flow::Request::make("GET", "http://mitm.it/").value();
    flow.response = flow::Response::make(407);
    run(sites.chain, hooks::request, flow);
    EXPECT_EQ(flow.response->status_code, 407U);
}

TEST(Onboarding, P28_AsksNoServerForItsCertificate) {
    Sites sites;
    auto client = flow::Client::make_dummy({"client", 0});
    tls::ClientHello hello;
    for (auto const* const host : {"mitm.it", "origin.test"}) {
        flow::Server server(Endpoint{host, 443});
        ClientHelloData data{client, server, hello};
        run(sites.chain, hooks::tls_clienthello, data);
        EXPECT_EQ(server.error.has_value(), host == std::string_view("mitm.it"));
    }
    hello.sni = "mitm.it";
    flow::Server by_address(Endpoint{"10.0.0.1", 443});
    ClientHelloData data{client, by_address, hello};
    run(sites.chain, hooks::tls_clienthello, data);
    EXPECT_TRUE(by_address.error);
}

TEST(Onboarding, P28_e_GivesAnArchiveWithoutKey) {
    if (!pathology::test::is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    Sites sites;
    Folder const folder;
    auto const file = folder.write("ca.p12", sites.get("http://mitm.it/cert/p12")->raw_content.value());
    auto const read = pathology::test::run("openssl", {"pkcs12", "-in", file, "-passin", "pass:", "-nodes"});
    EXPECT_EQ(read.status, 0) << read.err;
    EXPECT_THAT(read.out, HasSubstr("BEGIN CERTIFICATE"));
    EXPECT_THAT(read.out, Not(HasSubstr("PRIVATE KEY")));
}

TEST(Revocations, P21_AreNoneAndSigned) {
    if (!pathology::test::is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    Sites sites;
    auto const response = sites.get("http://crl.test" + authority().revocation_path());
    ASSERT_TRUE(response);
    EXPECT_EQ(response->headers.first("Content-Type"), "application/pkix-crl");
    Folder const folder;
    auto const list = folder.write("list.crl", response->raw_content.value());
    auto const ca = folder.write("ca.pem", authority().certificate_pem());
    auto const read = pathology::test::run("openssl", {"crl", "-in", list, "-inform", "DER", "-CAfile", ca, "-text"});
    EXPECT_EQ(read.status, 0) << read.err;
    EXPECT_THAT(read.err, HasSubstr("verify OK"));
    EXPECT_THAT(read.out, HasSubstr("No Revoked Certificates"));
}

TEST(Revocations, P21_LeaveOtherListsToTheirServers) {
    Sites sites;
    EXPECT_FALSE(sites.get("http://crl.test/other.crl"));
}

}  // namespace
}  // namespace pathology::proxycore::addons
