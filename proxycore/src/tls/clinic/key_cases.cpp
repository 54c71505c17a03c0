// Keys and digests: weak ones, and good ones of every kind.
#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

void set_rsa(CaseMaker& maker, unsigned bits) {
    KeySpec spec;
    spec.algorithm = "RSA";
    spec.bits = bits;
    maker.leaf.key = maker.key(spec);
}

void set_curve(CaseMaker& maker, char const* curve) {
    KeySpec spec;
    spec.curve = curve;
    maker.leaf.key = maker.key(spec);
}

void set_algorithm(CaseMaker& maker, char const* algorithm) {
    KeySpec spec;
    spec.algorithm = algorithm;
    maker.leaf.key = maker.key(spec);
}

/// An intermediate with an RSA key, for digests that ECDSA does not have.
void add_rsa_authority(CaseMaker& maker) {
    KeySpec spec;
    spec.purpose = "intermediate";
    spec.algorithm = "RSA";
    auto plan = maker.authority_plan("pathology clinic RSA intermediate");
    plan.key = maker.key(spec);
    maker.add_authority(plan);
}

// OpenSSL would refuse to use such a key or certificate itself.
HandshakeSettings any_security() { return {.any_security = true}; }

CaseRow const key_rows[] = {
    {{"rsa512", "", "an RSA key with 512 bits", "RFC 9325 §4.5", "EE certificate key too weak"},
     [](CaseMaker& maker) { set_rsa(maker, 512); },
     [] {
         auto settings = any_security();
         // A signature of RSA-PSS with SHA-256, which TLS 1.3 demands, has no room in 512 bits.
         settings.versions = VersionRange{Version::tls1_2, Version::tls1_2};
         return settings;
     }},
    {{"rsa1024", "", "an RSA key with 1024 bits", "RFC 9325 §4.5", "EE certificate key too weak"},
     [](CaseMaker& maker) { set_rsa(maker, 1024); },
     any_security},
    {{"rsa2048", "", "an RSA key with 2048 bits", "", "accepted"}, [](CaseMaker& maker) { set_rsa(maker, 2048); }},
    {{"rsa4096", "", "an RSA key with 4096 bits", "", "accepted"}, [](CaseMaker& maker) { set_rsa(maker, 4096); }},
    {{"rsa-exponent-3", "", "an RSA key with the public exponent 3", "RFC 8017 §3.1", "accepted"},
     [](CaseMaker& maker) {
         KeySpec spec;
         spec.algorithm = "RSA";
         spec.exponent = 3;
         maker.leaf.key = maker.key(spec);
     }},
    {{"rsa-pss", "", "a key for RSA-PSS alone", "RFC 8446 §4.2.3", "accepted"},
     [](CaseMaker& maker) { set_algorithm(maker, "RSA-PSS"); }},
    {{"ecc256", "p-256", "a key on the curve P-256", "", "accepted"},
     [](CaseMaker& maker) { set_curve(maker, "P-256"); }},
    {{"ecc384", "p-384", "a key on the curve P-384", "", "accepted"},
     [](CaseMaker& maker) { set_curve(maker, "P-384"); }},
    {{"ecc521", "p-521", "a key on the curve P-521", "", "accepted"},
     [](CaseMaker& maker) { set_curve(maker, "P-521"); }},
    {{"ed25519", "", "a key of Ed25519", "RFC 8410", "accepted"},
     [](CaseMaker& maker) { set_algorithm(maker, "ED25519"); }},
    {{"ed448", "", "a key of Ed448", "RFC 8410", "accepted"}, [](CaseMaker& maker) { set_algorithm(maker, "ED448"); }},
    {{"md5", "", "signed with MD5, by an intermediate with an RSA key", "RFC 6151 §2",
      "CA signature digest algorithm too weak"},
     [](CaseMaker& maker) {
         add_rsa_authority(maker);
         maker.leaf.digest = EVP_md5();
     },
     any_security},
    {{"sha1", "sha1-2017", "signed with SHA-1", "RFC 9155", "CA signature digest algorithm too weak"},
     [](CaseMaker& maker) { maker.leaf.digest = EVP_sha1(); },
     any_security},
    {{"sha1-intermediate", "", "the certificate of the intermediate is signed with SHA-1", "RFC 9155",
      "CA signature digest algorithm too weak"},
     [](CaseMaker& maker) {
         auto plan = maker.authority_plan("pathology clinic SHA-1 intermediate");
         plan.digest = EVP_sha1();
         maker.add_authority(plan);
     },
     any_security},
    {{"rsa1024-intermediate", "", "the intermediate has an RSA key with 1024 bits", "RFC 9325 §4.5",
      "CA certificate key too weak"},
     [](CaseMaker& maker) {
         KeySpec spec;
         spec.purpose = "intermediate";
         spec.algorithm = "RSA";
         spec.bits = 1024;
         auto plan = maker.authority_plan("pathology clinic weak intermediate");
         plan.key = maker.key(spec);
         maker.add_authority(plan);
     },
     any_security},
    {{"sha256", "", "signed with SHA-256", "", "accepted"}},
    {{"sha384", "", "signed with SHA-384", "", "accepted"}, [](CaseMaker& maker) { maker.leaf.digest = EVP_sha384(); }},
    {{"sha512", "", "signed with SHA-512", "", "accepted"}, [](CaseMaker& maker) { maker.leaf.digest = EVP_sha512(); }},
};

}  // namespace

std::span<CaseRow const> key_cases() { return key_rows; }

}  // namespace pathology::proxycore::tls
