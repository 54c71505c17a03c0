// Certificates whose time, serial number, version or signature is wrong.
#include <openssl/rand.h>

#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

void set_serial(X509* certificate, long number) { ASN1_INTEGER_set(X509_get_serialNumber(certificate), number); }

void set_long_serial(X509* certificate) {
    constexpr int bits = 30 * 8;
    std::unique_ptr<BIGNUM, FreedBy<BN_free>> const number(BN_new());
    BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

// The last byte belongs to a number in the signatures of ECDSA, too, so the encoding stays valid.
void break_signature(X509* certificate) {
    ASN1_BIT_STRING const* signature = nullptr;
    X509_get0_signature(&signature, nullptr, certificate);
    signature->data[signature->length - 1] ^= 1U;
}

void set_text_time(ASN1_TIME* time, std::string const& text) {
    ASN1_STRING_set(time, text.data(), static_cast<int>(text.size()));
}

CaseRow const validity_rows[] = {
    {{"expired", "", "the validity ended yesterday", "RFC 5280 §4.1.2.5", "certificate has expired"},
     [](CaseMaker& maker) {
         maker.leaf.begin = -90 * day;
         maker.leaf.end = -1 * day;
     }},
    {{"not-yet-valid", "future", "the validity begins in 30 days", "RFC 5280 §4.1.2.5", "certificate is not yet valid"},
     [](CaseMaker& maker) { maker.leaf.begin = 30 * day; }},
    {{"reversed-validity", "validity-reversed", "the validity ends before it begins, both in the past",
      "RFC 5280 §4.1.2.5", "certificate has expired"},
     [](CaseMaker& maker) {
         maker.leaf.begin = -10 * day;
         maker.leaf.end = -20 * day;
     }},
    {{"long-validity", "validity-too-long", "valid for ten years; browsers accept 398 days", "CA/B BR §6.3.2",
      "accepted"},
     [](CaseMaker& maker) { maker.leaf.end = 3650 * day; }},
    {{"no-end", "", "notAfter is 99991231235959Z, which stands for no end", "RFC 5280 §4.1.2.5", "accepted"},
     [](CaseMaker& maker) {
         maker.leaf.edit = [](X509* made) { ASN1_TIME_set_string(X509_getm_notAfter(made), "99991231235959Z"); };
     }},
    {{"malformed-time", "", "notAfter is the thirteenth month", "RFC 5280 §4.1.2.5",
      "format error in certificate's notAfter field"},
     [](CaseMaker& maker) {
         maker.leaf.edit = [](X509* made) { set_text_time(X509_getm_notAfter(made), "491331235959Z"); };
     }},
    {{"negative-serial", "", "the serial number is -4711", "RFC 5280 §4.1.2.2", "accepted"},
     [](CaseMaker& maker) { maker.leaf.edit = [](X509* made) { set_serial(made, -4711); }; }},
    {{"zero-serial", "", "the serial number is 0", "RFC 5280 §4.1.2.2", "accepted"},
     [](CaseMaker& maker) { maker.leaf.edit = [](X509* made) { set_serial(made, 0); }; }},
    {{"long-serial", "", "the serial number has 30 octets; 20 are allowed", "RFC 5280 §4.1.2.2", "accepted"},
     [](CaseMaker& maker) { maker.leaf.edit = set_long_serial; }},
    {{"version-1", "", "version 1, but with extensions", "RFC 5280 §4.1.2.1", "accepted",
      "Using cert extension requires at least X509v3"},
     [](CaseMaker& maker) { maker.leaf.edit = [](X509* made) { X509_set_version(made, 0); }; }},
    {{"bad-signature", "", "a bit of the signature is wrong", "RFC 5280 §6.1.3", "certificate signature failure"},
     [](CaseMaker& maker) { maker.leaf.spoil = break_signature; }},
};

}  // namespace

std::span<CaseRow const> validity_cases() { return validity_rows; }

}  // namespace pathology::proxycore::tls
