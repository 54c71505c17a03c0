#include "tls/x509_builder.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>

namespace pathology::proxycore::tls {
namespace {

constexpr std::chrono::hours backdated{48};  // for clients whose clocks are behind

GENERAL_NAME* make_dns_name(std::string const& value) {
    auto* name = GENERAL_NAME_new();
    auto* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    return name;
}

GENERAL_NAME* make_address_name(std::string const& value) {
    auto* octets = a2i_IPADDRESS(value.c_str());
    if (octets == nullptr) return nullptr;
    auto* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, GEN_IPADD, octets);
    return name;
}

// SignatureScheme (RFC 8446 §4.2.3).
constexpr std::uint16_t rsa_pkcs1_sha384 = 0x0501, rsa_pkcs1_sha512 = 0x0601;
constexpr std::uint16_t rsa_pss_rsae_sha384 = 0x0805, rsa_pss_rsae_sha512 = 0x0806, first_pss = 0x0804;

EVP_MD const* digest_of(std::uint16_t scheme) {
    switch (scheme) {
        case rsa_pkcs1_sha384:
        case rsa_pss_rsae_sha384: return EVP_sha384();
        case rsa_pkcs1_sha512:
        case rsa_pss_rsae_sha512: return EVP_sha512();
        default: return EVP_sha256();
    }
}

}  // namespace

X509Builder::X509Builder(EVP_PKEY* key, std::chrono::hours life) : certificate_(X509_new()) {
    auto* const made = certificate_.get();
    // Version 3 (RFC 5280 §4.1.2.1).
    check(X509_set_version(made, 2) == 1);
    add_random_serial();
    set_validity(-backdated, life - backdated);
    check(X509_set_pubkey(made, key) == 1);
}

void X509Builder::set_validity(std::chrono::hours begin, std::chrono::hours end) {
    auto const set = [this](ASN1_TIME* time, std::chrono::hours from_now) {
        check(X509_gmtime_adj(time, static_cast<long>(std::chrono::seconds(from_now).count())) != nullptr);
    };
    set(X509_getm_notBefore(certificate_.get()), begin);
    set(X509_getm_notAfter(certificate_.get()), end);
}

/// 159 random bits: positive, and at most 20 octets (RFC 5280 §4.1.2.2).
void X509Builder::add_random_serial() {
    std::unique_ptr<BIGNUM, FreedBy<BN_free>> const number(BN_new());
    check(BN_rand(number.get(), 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
    check(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate_.get())) != nullptr);
}

void X509Builder::add_to_subject(char const* type, std::string const& value) {
    auto* const subject = X509_get_subject_name(certificate_.get());
    auto const* bytes = reinterpret_cast<unsigned char const*>(value.data());
    // A value that the type cannot hold is left out; the certificate is still good for its alternative names.
    if (!value.empty()) {
        X509_NAME_add_entry_by_txt(subject, type, MBSTRING_UTF8, bytes, static_cast<int>(value.size()), -1, 0);
    }
    ERR_clear_error();
}

void X509Builder::set_issuer(X509_NAME const* issuer) { check(X509_set_issuer_name(certificate_.get(), issuer) == 1); }

void X509Builder::set_issuer_to_subject() { set_issuer(X509_get_subject_name(certificate_.get())); }

// Only for fixed texts: in OpenSSL's configuration syntax a comma in a host name would begin another value. Names of
// hosts go through add_alternative_names(), which builds the structure itself.
void X509Builder::extend(int nid, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate_.get(), certificate_.get(), nullptr, nullptr, 0);
    ExtensionPtr const extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    check(extension && X509_add_ext(certificate_.get(), extension.get(), -1) == 1);
}

void X509Builder::add_authority_key_identifier(X509* issuer) {
    auto const* identifier = X509_get0_subject_key_id(issuer);
    if (identifier == nullptr) return;
    std::unique_ptr<AUTHORITY_KEYID, FreedBy<AUTHORITY_KEYID_free>> const extension(AUTHORITY_KEYID_new());
    extension->keyid = ASN1_OCTET_STRING_dup(identifier);
    // With several authorities of one name, clients find the issuer by it (RFC 5280 §4.2.1.1).
    check(X509_add1_ext_i2d(certificate_.get(), NID_authority_key_identifier, extension.get(), 0, 0) == 1);
}

void X509Builder::add_alternative_names(std::vector<AlternativeName> const& names, bool is_critical) {
    if (names.empty()) return;
    NamesPtr const list(sk_GENERAL_NAME_new_null());
    for (auto const& [kind, value] : names) {
        auto* const name = kind == AlternativeName::Kind::ip ? make_address_name(value) : make_dns_name(value);
        check(name != nullptr);
        if (name != nullptr) sk_GENERAL_NAME_push(list.get(), name);
    }
    check(X509_add1_ext_i2d(certificate_.get(), NID_subject_alt_name, list.get(), is_critical ? 1 : 0, 0) == 1);
}

X509Ptr X509Builder::sign(EVP_PKEY* key, std::uint16_t scheme) {
    std::unique_ptr<EVP_MD_CTX, FreedBy<EVP_MD_CTX_free>> const signing(EVP_MD_CTX_new());
    EVP_PKEY_CTX* padding = nullptr;  // owned by `signing`
    check(EVP_DigestSignInit(signing.get(), &padding, digest_of(scheme), nullptr, key) == 1);
    if (scheme >= first_pss) {
        // RFC 8446 §4.2.3: the salt is as long as the hash.
        check(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    check(X509_sign_ctx(certificate_.get(), signing.get()) != 0);
    if (!is_fine_) return nullptr;
    return std::move(certificate_);
}

X509Ptr X509Builder::sign(EVP_PKEY* key, EVP_MD const* digest) {
    check(X509_sign(certificate_.get(), key, digest) != 0);
    if (!is_fine_) return nullptr;
    return std::move(certificate_);
}

}  // namespace pathology::proxycore::tls
