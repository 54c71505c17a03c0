// The numbers are SignatureScheme (RFC 8446 §4.2.3). In TLS 1.2 they are a pair of hash and signature, and an ECDSA
// scheme is not bound to a curve (RFC 8422 §5.1.1 leaves that to supported_groups).
#include <pathology/proxycore/tls/accepted_certificates.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace pathology::proxycore::tls {
namespace {

using Schemes = std::span<std::uint16_t const>;

constexpr std::uint16_t hash_sha1 = 0x02;
constexpr std::uint16_t rsa_pkcs1_sha256 = 0x0401;
// What an authority with an RSA key can also sign certificates with.
constexpr std::uint16_t other_rsa_of_certificates[] = {0x0501, 0x0601, 0x0804, 0x0805, 0x0806};
constexpr std::uint16_t rsa_pss_rsae[] = {0x0804, 0x0805, 0x0806};
constexpr std::uint16_t rsa_pss_pss[] = {0x0809, 0x080a, 0x080b};
constexpr std::uint16_t rsa_of_tls12[] = {0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0804, 0x0805, 0x0806};
constexpr std::uint16_t ecdsa_of_tls12[] = {0x0403, 0x0503, 0x0603, 0x0303, 0x0203};
constexpr std::uint16_t ecdsa_p256[] = {0x0403}, ecdsa_p384[] = {0x0503}, ecdsa_p521[] = {0x0603};
constexpr std::uint16_t ed25519[] = {0x0807}, ed448[] = {0x0808};

/// A key by which a server authenticates itself.
struct Key {
    std::string_view type;
    unsigned bits = 0;        ///< 0 = any
    bool is_ec = false;       ///< needs a suite of ECDHE_ECDSA below TLS 1.3 (RFC 8422 §5.10 for EdDSA)
    std::uint16_t group = 0;  ///< NamedGroup of the curve, below TLS 1.3; 0 = none
    Schemes tls12, tls13;
};
constexpr Key keys[] = {
    {"RSA", 0, false, 0, rsa_of_tls12, rsa_pss_rsae},
    {"RSA-PSS", 0, false, 0, rsa_pss_pss, rsa_pss_pss},
    {"EC", 256, true, 23, ecdsa_of_tls12, ecdsa_p256},
    {"EC", 384, true, 24, ecdsa_of_tls12, ecdsa_p384},
    {"EC", 521, true, 25, ecdsa_of_tls12, ecdsa_p521},
    {"ED25519", 0, true, 0, ed25519, ed25519},
    {"ED448", 0, true, 0, ed448, ed448},
};

/// The algorithms by which a certificate may be signed, by their names of X.509. The hash of PSS is a parameter there.
struct Signature {
    std::string_view name;
    Schemes schemes;
};
constexpr std::uint16_t pkcs1_sha1[] = {0x0201}, pkcs1_sha256[] = {0x0401}, pkcs1_sha384[] = {0x0501},
                        pkcs1_sha512[] = {0x0601}, ecdsa_sha1[] = {0x0203},
                        any_pss[] = {0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b};
constexpr Signature signatures[] = {
    {"sha1WithRSAEncryption", pkcs1_sha1},
    {"sha256WithRSAEncryption", pkcs1_sha256},
    {"sha384WithRSAEncryption", pkcs1_sha384},
    {"sha512WithRSAEncryption", pkcs1_sha512},
    {"rsassaPss", any_pss},
    {"ecdsa-with-SHA1", ecdsa_sha1},
    {"ecdsa-with-SHA256", ecdsa_p256},
    {"ecdsa-with-SHA384", ecdsa_p384},
    {"ecdsa-with-SHA512", ecdsa_p521},
    {"ED25519", ed25519},
    {"ED448", ed448},
};

bool contains(std::vector<std::uint16_t> const& list, std::uint16_t number) {
    return std::ranges::find(list, number) != list.end();
}

bool contains_any(std::vector<std::uint16_t> const& list, Schemes schemes, bool sha1) {
    return std::ranges::any_of(
        schemes, [&](auto scheme) { return contains(list, scheme) && (sha1 || scheme >> 8U != hash_sha1); });
}

/// Without the extension a client of TLS 1.2 accepts SHA-1 (RFC 5246 §7.4.1.4.1); OpenSSL decides whether we sign so.
bool takes_signature_of(Key const& key, AcceptedCertificates const& accepted) {
    auto const& list = accepted.signature_algorithms;
    if (accepted.version < Version::tls1_2 || list.empty()) return true;
    bool const is_tls13 = accepted.version == Version::tls1_3;
    return contains_any(list, is_tls13 ? key.tls13 : key.tls12, accepted.sha1);
}

bool takes_key(Key const& key, AcceptedCertificates const& accepted) {
    if (accepted.version == Version::tls1_3) return takes_signature_of(key, accepted);
    if (!key.is_ec && key.type == "RSA" && accepted.rsa_transport) return true;
    if (!(key.is_ec ? accepted.ecdsa_ciphers : accepted.rsa_ciphers)) return false;
    bool const has_group = key.group == 0 || accepted.groups.empty() || contains(accepted.groups, key.group);
    return has_group && takes_signature_of(key, accepted);
}

std::vector<std::uint16_t> const& algorithms_of_certificates(AcceptedCertificates const& accepted) {
    auto const& own = accepted.signature_algorithms_cert;
    return own.empty() ? accepted.signature_algorithms : own;
}

}  // namespace

Fit fit_of(Certificate const& certificate, AcceptedCertificates const& accepted) {
    auto const* const key = std::ranges::find_if(keys, [&](Key const& known) {
        return known.type == certificate.key_type && (known.bits == 0 || known.bits == certificate.key_bits);
    });
    if (key == std::end(keys) || !takes_key(*key, accepted)) return Fit::none;
    auto const& named = algorithms_of_certificates(accepted);
    if (named.empty()) return Fit::certificate;
    auto const* const signature = std::ranges::find(signatures, certificate.signature_algorithm, &Signature::name);
    bool const is_named = signature != std::end(signatures) && contains_any(named, signature->schemes, true);
    return is_named ? Fit::certificate : Fit::key;
}

KeyType key_for(AcceptedCertificates const& accepted) {
    constexpr auto p256 = 2;
    static_assert(keys[p256].bits == 256);
    return takes_key(keys[p256], accepted) ? KeyType::ecdsa_p256 : KeyType::rsa_2048;
}

std::uint16_t signature_for(std::string_view key_type, AcceptedCertificates const& accepted) {
    auto const& named = algorithms_of_certificates(accepted);
    if (key_type != "RSA" || contains(named, rsa_pkcs1_sha256)) return 0;
    auto const* const found =
        std::ranges::find_if(other_rsa_of_certificates, [&](auto scheme) { return contains(named, scheme); });
    return found != std::end(other_rsa_of_certificates) ? *found : std::uint16_t{0};
}

}  // namespace pathology::proxycore::tls
