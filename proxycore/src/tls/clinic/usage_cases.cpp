// Certificates whose extensions forbid their use, or that break the rules of extensions.
#include <openssl/objects.h>

#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

void set_extended_usage(CaseMaker& maker, std::string usage) {
    maker.leaf.extensions.front().second = std::move(usage);
}

/// An extension of the enterprise number for examples (RFC 5612), with the content NULL.
void add_unknown_extension(X509* certificate) {
    constexpr unsigned char null[] = {0x05, 0x00};
    std::unique_ptr<ASN1_OBJECT, FreedBy<ASN1_OBJECT_free>> const object(OBJ_txt2obj("1.3.6.1.4.1.32473.1", 1));
    std::unique_ptr<ASN1_OCTET_STRING, FreedBy<ASN1_OCTET_STRING_free>> const content(ASN1_OCTET_STRING_new());
    ASN1_OCTET_STRING_set(content.get(), static_cast<unsigned char const*>(null), sizeof null);
    ExtensionPtr const extension(X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 1, content.get()));
    X509_add_ext(certificate, extension.get(), -1);
}

void repeat_extension(X509* certificate, int nid) {
    int const place = X509_get_ext_by_NID(certificate, nid, -1);
    X509_add_ext(certificate, X509_get_ext(certificate, place), -1);
}

CaseRow const usage_rows[] = {
    {{"client-certificate", "wrong-usage", "the extended key usage is clientAuth alone", "RFC 5280 §4.2.1.12",
      "unsuitable certificate purpose"},
     [](CaseMaker& maker) { set_extended_usage(maker, "clientAuth"); }},
    {{"code-signing", "", "the extended key usage is codeSigning alone", "RFC 5280 §4.2.1.12",
      "unsuitable certificate purpose"},
     [](CaseMaker& maker) { set_extended_usage(maker, "codeSigning"); }},
    {{"no-extended-usage", "no-eku", "there is no extended key usage, so any is allowed", "RFC 5280 §4.2.1.12",
      "accepted"},
     [](CaseMaker& maker) { maker.leaf.extensions.clear(); }},
    {{"wrong-key-usage", "key-usage", "the key usage is cRLSign alone", "RFC 5280 §4.2.1.3",
      "unsuitable certificate purpose"},
     [](CaseMaker& maker) { maker.leaf.extensions.emplace_back(NID_key_usage, "critical,cRLSign"); }},
    {{"leaf-is-ca", "", "the certificate of the server is one of an authority", "RFC 5280 §4.2.1.9", "accepted",
      "CA cert does not include key usage extension"},
     [](CaseMaker& maker) { maker.leaf.extensions.emplace_back(NID_basic_constraints, "critical,CA:TRUE"); }},
    {{"unknown-critical-extension", "critical-extension", "a critical extension that nobody knows", "RFC 5280 §4.2",
      "unhandled critical extension"},
     [](CaseMaker& maker) { maker.leaf.edit = add_unknown_extension; }},
    {{"duplicate-extension", "", "the alternative names are there twice", "RFC 5280 §4.2",
      "unable to get local issuer certificate"},
     [](CaseMaker& maker) { maker.leaf.edit = [](X509* made) { repeat_extension(made, NID_subject_alt_name); }; }},
    {{"must-staple", "", "the TLS feature status_request demands a stapled response, but none is sent",
      "RFC 7633 §4.2.3", "accepted"},
     [](CaseMaker& maker) { maker.leaf.extensions.emplace_back(NID_tlsfeature, "status_request"); }},
    {{"wrong-key-identifier", "", "the authority key identifier is that of no authority", "RFC 5280 §4.2.1.1",
      "unable to get local issuer certificate"},
     [](CaseMaker& maker) {
         maker.leaf.has_authority_key_identifier = false;
         maker.leaf.edit = [](X509* made) {
             std::unique_ptr<AUTHORITY_KEYID, FreedBy<AUTHORITY_KEYID_free>> const wrong(AUTHORITY_KEYID_new());
             wrong->keyid = ASN1_OCTET_STRING_new();
             ASN1_STRING_set(wrong->keyid, "no authority has this", -1);
             X509_add1_ext_i2d(made, NID_authority_key_identifier, wrong.get(), 0, 0);
         };
     }},
};

}  // namespace

std::span<CaseRow const> usage_cases() { return usage_rows; }

}  // namespace pathology::proxycore::tls
