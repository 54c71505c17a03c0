// Which certificate a ClientHello gets: as a table of values, and with clients of OpenSSL over memory.
#include <pathology/proxycore/tls/accepted_certificates.hpp>

#include <gmock/gmock.h>

#include <pathology/proxycore/tls/certificate_store.hpp>

#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"
#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {
namespace {

using Numbers = std::vector<std::uint16_t>;

// Groups and schemes.
constexpr std::uint16_t p256 = 23, p384 = 24, x25519 = 29;
constexpr std::uint16_t ecdsa_sha1 = 0x0203, ecdsa_p256 = 0x0403, ecdsa_p384 = 0x0503, ecdsa_p521 = 0x0603,
                        pkcs1_sha256 = 0x0401, pkcs1_sha384 = 0x0501, pss_sha256 = 0x0804, pss_sha512 = 0x0806,
                        pss_pss_sha256 = 0x0809, ed25519 = 0x0807;

Certificate leaf(std::string key_type, unsigned bits, std::string signature = "sha256WithRSAEncryption") {
    Certificate certificate;
    certificate.key_type = std::move(key_type);
    certificate.key_bits = bits;
    certificate.signature_algorithm = std::move(signature);
    return certificate;
}

struct Row {
    std::string name;
    AcceptedCertificates accepted;
    Certificate certificate;
    Fit fit = Fit::none;
};
class A21_Fit : public testing::TestWithParam<Row> {};
TEST_P(A21_Fit, IsThatOfKeyAndSignature) {
    EXPECT_EQ(fit_of(GetParam().certificate, GetParam().accepted), GetParam().fit);
}

AcceptedCertificates tls13(Numbers algorithms, Numbers of_certificates = {}) {
    return {.ecdsa_ciphers = false,
            .rsa_ciphers = false,
            .signature_algorithms = std::move(algorithms),
            .signature_algorithms_cert = std::move(of_certificates)};
}

AcceptedCertificates tls12(Numbers algorithms, Numbers groups = {}) {
    return {.version = Version::tls1_2, .groups = std::move(groups), .signature_algorithms = std::move(algorithms)};
}

std::vector<Row> fits() {
    auto const ec = leaf("EC", 256), ec384 = leaf("EC", 384), rsa = leaf("RSA", 2048), pss = leaf("RSA-PSS", 2048),
               ed = leaf("ED25519", 256), by_ec = leaf("EC", 256, "ecdsa-with-SHA256");
    auto const old = [](bool ecdsa_ciphers, bool rsa_ciphers, bool rsa_transport, Numbers algorithms = {}) {
        return AcceptedCertificates{.version = Version::tls1_2,
                                    .ecdsa_ciphers = ecdsa_ciphers,
                                    .rsa_ciphers = rsa_ciphers,
                                    .rsa_transport = rsa_transport,
                                    .signature_algorithms = std::move(algorithms)};
    };
    auto sha1 = tls12({ecdsa_sha1, pkcs1_sha256});
    sha1.sha1 = true;
    auto tls11 = tls12({pss_sha256}, {p256});
    tls11.version = Version::tls1_1;
    auto tls11_without_p256 = tls11;
    tls11_without_p256.groups = {x25519};
    return {
        // TLS 1.3: signature_algorithms alone; a scheme of ECDSA is bound to its curve.
        {"Tls13Ecdsa", tls13({ecdsa_p256, pkcs1_sha256}), ec, Fit::certificate},
        {"Tls13EcdsaOfAnotherCurve", tls13({ecdsa_p384, ecdsa_p521}), ec, Fit::none},
        {"Tls13P384", tls13({ecdsa_p384, pkcs1_sha256}), ec384, Fit::certificate},
        {"Tls13PssAlone", tls13({pss_sha256}), ec, Fit::none},
        {"Tls13PssAloneForRsa", tls13({pss_sha256}), rsa, Fit::key},
        {"Tls13Pkcs1IsForCertificates", tls13({pkcs1_sha256, ecdsa_p256}), rsa, Fit::none},
        {"Tls13PssKey", tls13({pss_pss_sha256, pkcs1_sha256}), pss, Fit::certificate},
        {"Tls13PssKeyIsNoRsaKey", tls13({pss_sha256}), pss, Fit::none},
        {"Tls13Ed25519", tls13({ed25519, pkcs1_sha256}), ed, Fit::certificate},
        {"Tls13WithoutEd25519", tls13({ecdsa_p256}), ed, Fit::none},
        {"Tls13OwnListOfCertificates", tls13({pss_sha256}, {pkcs1_sha256}), rsa, Fit::certificate},
        {"Tls13OwnListWithoutIt", tls13({ecdsa_p256, pkcs1_sha256}, {pkcs1_sha384}), ec, Fit::key},
        {"Tls13OwnListDoesNotConcernTheKey", tls13({pss_sha256}, {ecdsa_p256}), by_ec, Fit::none},
        {"Tls13GroupsDoNotCount", {.groups = {x25519}, .signature_algorithms = {ecdsa_p256}}, by_ec, Fit::certificate},
        {"Tls13Sha1DoesNotCount", tls13({ecdsa_sha1}), ec, Fit::none},
        // TLS 1.2: suites, groups and signature_algorithms.
        {"Tls12Everything", tls12({ecdsa_p256, pkcs1_sha256}, {x25519, p256}), ec, Fit::certificate},
        {"Tls12NothingSent", tls12({}), ec, Fit::certificate},
        {"Tls12HashOfAnotherCurve", tls12({ecdsa_p384}, {p256}), ec, Fit::key},
        {"Tls12WithoutTheCurve", tls12({ecdsa_p256}, {x25519, p384}), ec, Fit::none},
        {"Tls12WithItsCurve", tls12({ecdsa_p256}, {p384}), ec384, Fit::key},
        {"Tls12CurveOfRsa", tls12({pkcs1_sha256}, {x25519}), rsa, Fit::certificate},
        {"Tls12WithoutEcdsaAlgorithms", tls12({pkcs1_sha256, pss_sha256}, {p256}), ec, Fit::none},
        {"Tls12PssForRsa", tls12({pss_sha512}), rsa, Fit::key},
        {"Tls12WithoutRsaAlgorithms", tls12({ecdsa_p256}), rsa, Fit::none},
        {"Tls12Ed25519NeedsNoGroup", tls12({ed25519}, {x25519}), ed, Fit::key},
        {"Tls12Sha1ThatWeDoNotSign", tls12({ecdsa_sha1, pkcs1_sha256}), ec, Fit::none},
        {"Tls12Sha1ThatWeSign", sha1, ec, Fit::certificate},
        {"Tls12SuitesOfRsaAlone", old(false, true, false), ec, Fit::none},
        {"Tls12SuitesOfRsaForRsa", old(false, true, false), rsa, Fit::certificate},
        {"Tls12SuitesOfEcdsaAlone", old(true, false, false), rsa, Fit::none},
        {"Tls12TransportNeedsNoSignature", old(false, false, true, {ecdsa_p256}), rsa, Fit::key},
        {"Tls12TransportIsNotForEcdsa", old(false, false, true), ec, Fit::none},
        // Below 1.2 signature_algorithms has no meaning.
        {"Tls11WithoutAlgorithms", tls11, by_ec, Fit::key},
        {"Tls11Groups", tls11_without_p256, by_ec, Fit::none},
        {"UnknownKey", tls12({}), leaf("DSA", 1024), Fit::none},
    };
}
INSTANTIATE_TEST_SUITE_P(Rfc8446And8422, A21_Fit, testing::ValuesIn(fits()),
                         [](auto const& row) { return row.param.name; });

TEST(A21_Signature, IsOneThatTheClientNames) {
    struct Case {
        std::string_view key_type;
        Numbers algorithms, of_certificates;
        std::uint16_t signature;
    };
    for (auto const& [key_type, algorithms, of_certificates, signature] :
         {Case{"RSA", {}, {}, 0}, Case{"RSA", {pss_sha256, pkcs1_sha256}, {}, 0},
          Case{"RSA", {pss_sha256}, {}, pss_sha256}, Case{"RSA", {pss_sha256}, {pkcs1_sha256}, 0},
          Case{"RSA", {pkcs1_sha256}, {pkcs1_sha384, pss_sha512}, pkcs1_sha384},
          Case{"RSA", {pkcs1_sha256}, {pss_sha512}, pss_sha512}, Case{"RSA", {pkcs1_sha256}, {ecdsa_p256}, 0},
          Case{"EC", {pss_sha256}, {}, 0}}) {
        SCOPED_TRACE(testing::PrintToString(algorithms) + testing::PrintToString(of_certificates));
        EXPECT_EQ(signature_for(key_type, tls13(algorithms, of_certificates)), signature);
    }
}

// --- with clients of OpenSSL -----------------------------------------------------------------------------------------

struct Client {
    std::string name;
    int version = TLS1_3_VERSION;
    std::string algorithms, groups, ciphers;
    std::string key;             ///< of the certificate that it gets; empty = the handshake fails
    Numbers of_certificates{};   ///< signature_algorithms_cert
    std::string signature = {};  ///< of the certificate; empty = any
};

ContextPtr context_of(Client const& client) {
    ContextPtr ctx(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(ctx.get(), client.version);
    if (!client.algorithms.empty()) {
        EXPECT_EQ(SSL_CTX_set1_sigalgs_list(ctx.get(), client.algorithms.c_str()), 1);
    }
    if (!client.groups.empty()) {
        EXPECT_EQ(SSL_CTX_set1_groups_list(ctx.get(), client.groups.c_str()), 1);
    }
    if (!client.ciphers.empty()) {
        EXPECT_EQ(SSL_CTX_set_cipher_list(ctx.get(), client.ciphers.c_str()), 1);
    }
    return ctx;
}

int add_list(SSL* /*ssl*/, unsigned /*type*/, unsigned /*context*/, unsigned char const** out, std::size_t* size,
             X509* /*certificate*/, std::size_t /*index*/, int* /*alert*/, void* list) {
    auto const& bytes = *static_cast<std::string const*>(list);
    *out = reinterpret_cast<unsigned char const*>(bytes.data());
    *size = bytes.size();
    return 1;
}

std::string list_of(Numbers const& numbers) {
    std::string bytes;
    auto const put = [&bytes](std::size_t number) {
        bytes += static_cast<char>(number >> 8U);
        bytes += static_cast<char>(number & 255U);
    };
    put(2 * numbers.size());
    for (auto const number : numbers) put(number);
    return bytes;
}

/// The certificate that this client gets; std::nullopt if the handshake fails.
std::optional<Certificate> shake_hands(Client const& client, CertificateStore& store) {
    auto const ctx = context_of(client);
    auto list = list_of(client.of_certificates);
    if (!client.of_certificates.empty()) {
        EXPECT_EQ(SSL_CTX_add_custom_ext(ctx.get(), TLSEXT_TYPE_signature_algorithms_cert, SSL_EXT_CLIENT_HELLO,
                                         add_list, nullptr, &list, nullptr, nullptr),
                  1);
    }
    SslPtr const ssl(SSL_new(ctx.get()));
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl.get());
    std::optional<Certificate> chosen;
    auto const choose = [&](IdentityQuery const& query) {
        auto identity = store.find({.names = {"origin.test"}}, query.accepted);
        if (identity) chosen = identity->certificate();
        return identity;
    };
    AcceptSettings settings;
    if (client.version < TLS1_2_VERSION) settings.versions.min = Version::tls1_0;
    Engine server(AcceptContext::make(settings).value(), choose);
    for (int flights = 0; flights < 4; ++flights) {
        SSL_do_handshake(ssl.get());
        server.feed(collected(SSL_get_wbio(ssl.get())));
        BIO_reset(SSL_get_wbio(ssl.get()));
        server.handshake();
        auto const bytes = server.outgoing();
        BIO_write(SSL_get_rbio(ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
        server.consume(bytes.size());
    }
    bool const is_done = server.is_established() && SSL_is_init_finished(ssl.get()) == 1;
    return is_done ? chosen : std::nullopt;
}

class A21_Client : public testing::TestWithParam<Client> {};
TEST_P(A21_Client, GetsACertificateThatItAccepts) {
    for (auto const key : {KeyType::rsa_2048, KeyType::ecdsa_p256}) {
        static auto const by_rsa = Authority::make({.key = KeyType::rsa_2048});
        bool const is_rsa = key == KeyType::rsa_2048;
        if (!is_rsa && !GetParam().of_certificates.empty()) continue;  // OpenSSL insists on that list
        CertificateStore store(is_rsa ? by_rsa : test::authority());
        auto const got = shake_hands(GetParam(), store);
        ASSERT_TRUE(got) << "no handshake";
        EXPECT_EQ(got->key_type, GetParam().key);
        if (!is_rsa || GetParam().signature.empty()) continue;
        EXPECT_EQ(got->signature_algorithm, GetParam().signature);
    }
}

constexpr int v12 = TLS1_2_VERSION, v13 = TLS1_3_VERSION;
constexpr auto sha256_rsa = "sha256WithRSAEncryption";
INSTANTIATE_TEST_SUITE_P(
    OfOpenssl, A21_Client,
    testing::Values(Client{"Default", v13, "", "", "", "EC", {}, sha256_rsa},
                    Client{"PssAlone", v13, "RSA-PSS+SHA256", "", "", "RSA", {}, "rsassaPss"},
                    Client{"PssAndPkcs1", v13, "RSA-PSS+SHA256:RSA+SHA256", "", "", "RSA", {}, sha256_rsa},
                    Client{"EcdsaOfAnotherCurve", v13, "ECDSA+SHA384:RSA-PSS+SHA384", "", "", "RSA"},
                    Client{"GroupsIn13", v13, "", "X25519", "", "EC"},
                    Client{"OwnListOfCertificates", v13, "", "", "", "EC", {pkcs1_sha384}, "sha384WithRSAEncryption"},
                    Client{"OwnListOfPss", v13, "", "", "", "EC", {pss_sha512}, "rsassaPss"},
                    Client{"Default12", v12, "", "", "", "EC", {}, sha256_rsa},
                    Client{"X25519Alone", v12, "", "X25519", "", "RSA"},
                    Client{"P384Alone", v12, "", "P-384", "", "RSA"},
                    Client{"P256Too", v12, "", "P-384:P-256", "", "EC"},
                    Client{"RsaAlgorithms12", v12, "RSA+SHA256:RSA-PSS+SHA256", "", "", "RSA"},
                    Client{"RsaSuites", v12, "", "", "ECDHE-RSA-AES128-GCM-SHA256", "RSA"},
                    Client{"RsaTransport", v12, "", "", "AES128-GCM-SHA256", "RSA"},
                    Client{"EcdsaSuites", v12, "", "", "ECDHE-ECDSA-AES128-GCM-SHA256", "EC"},
                    Client{"Tls11", TLS1_1_VERSION, "", "X25519", "DEFAULT:@SECLEVEL=0", "RSA"}),
    [](auto const& row) { return row.param.name; });

TEST(A21_GivenCertificates, OfTwoKeysTheClientGetsTheOneThatItAccepts) {
    CertificateStore store(test::authority());
    store.give("*", test::authority().issue(LeafNames::exactly("rsa", {"origin.test"}), KeyType::rsa_2048).value());
    store.give("*", test::authority().issue(LeafNames::exactly("ec", {"origin.test"}), KeyType::ecdsa_p256).value());
    auto const common_name = [&store](Client const& client) {
        auto const got = shake_hands(client, store);
        return got ? got->subject_value("CN") : std::string("nothing");
    };
    EXPECT_EQ(common_name({"", v13, "", "", "", ""}), "ec") << "the last one that was given";
    EXPECT_EQ(common_name({"", v13, "RSA-PSS+SHA256", "", "", ""}), "rsa");
    EXPECT_EQ(common_name({"", v12, "", "X25519", "", ""}), "rsa");
    EXPECT_EQ(common_name({"", v12, "", "", "ECDHE-ECDSA-AES128-GCM-SHA256", ""}), "ec");
}

TEST(A21_GivenCertificates, TheOnlyOneIsPresentedToEveryClient) {
    CertificateStore store(test::authority());
    store.give("*", test::authority().issue({.names = {"given"}}, KeyType::ecdsa_p256).value());
    AcceptedCertificates const rsa_alone = tls13({pss_sha256});
    EXPECT_EQ(store.find({.names = {"origin.test"}}, rsa_alone)->certificate().subject_value("CN"), "given");
}

TEST(A21_GivenCertificates, ALaterOneReplacesOneOfTheSameKey) {
    CertificateStore store(test::authority());
    for (auto const* name : {"first", "second"})
        store.give("*", test::authority().issue({.names = {name}}, KeyType::rsa_2048).value());
    EXPECT_EQ(store.find({.names = {"origin.test"}})->certificate().subject_value("CN"), "second");
}

}  // namespace
}  // namespace pathology::proxycore::tls
