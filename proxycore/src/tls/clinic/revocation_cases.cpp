// Certificates with a stapled OCSP response (RFC 6960, RFC 6066 §8). Clients that do not ask for one see a good one.
#include <openssl/ocsp.h>

#include <algorithm>

#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

using TimePtr = std::unique_ptr<ASN1_TIME, FreedBy<ASN1_TIME_free>>;
using BasicResponsePtr = std::unique_ptr<OCSP_BASICRESP, FreedBy<OCSP_BASICRESP_free>>;
using ResponsePtr = std::unique_ptr<OCSP_RESPONSE, FreedBy<OCSP_RESPONSE_free>>;
using IdPtr = std::unique_ptr<OCSP_CERTID, FreedBy<OCSP_CERTID_free>>;

/// What a response says; times are relative to now.
struct Status {
    int status = V_OCSP_CERTSTATUS_GOOD;
    std::chrono::hours from{-1}, until = 3 * day;
    bool is_broken = false;    ///< a bit of the signature is wrong
    bool is_of_other = false;  ///< it is about the certificate of the authority
};

TimePtr time_at(std::chrono::seconds from_now) {
    return TimePtr(X509_gmtime_adj(nullptr, static_cast<long>(from_now.count())));
}

std::string der_of(OCSP_RESPONSE const* response) {
    auto const size = i2d_OCSP_RESPONSE(response, nullptr);
    std::string der(static_cast<std::size_t>(std::max(size, 0)), '\0');
    auto* into = reinterpret_cast<unsigned char*>(der.data());
    i2d_OCSP_RESPONSE(response, &into);
    return der;
}

/// Signed by the issuer of the leaf itself (RFC 6960 §4.2.2.2).
std::string respond(CaseMaker const& maker, X509* leaf, Status const& says) {
    BasicResponsePtr const basic(OCSP_BASICRESP_new());
    IdPtr const id(OCSP_cert_to_id(EVP_sha1(), says.is_of_other ? maker.issuer() : leaf, maker.issuer()));
    bool const is_revoked = says.status == V_OCSP_CERTSTATUS_REVOKED;
    auto const revoked = time_at(-2 * day), from = time_at(says.from), until = time_at(says.until);
    OCSP_basic_add1_status(basic.get(), id.get(), says.status, is_revoked ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0,
                           is_revoked ? revoked.get() : nullptr, from.get(), until.get());
    OCSP_basic_sign(basic.get(), maker.issuer(), maker.issuer_key(), EVP_sha256(), nullptr, 0);
    if (says.is_broken) {
        auto const* signature = OCSP_resp_get0_signature(basic.get());
        signature->data[signature->length - 1] ^= 1U;
    }
    ResponsePtr const response(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
    return der_of(response.get());
}

// By an intermediate: curl looks for the issuer of the leaf in the chain that was sent.
void staple(CaseMaker& maker, Status const& says) {
    maker.add_good_authority();
    maker.staple = [says](CaseMaker const& by, X509* leaf) { return respond(by, leaf, says); };
}

CaseRow const revocation_rows[] = {
    {{"ocsp-good", "", "a stapled response: good", "RFC 6960 §2.2", "accepted"},
     [](CaseMaker& maker) { staple(maker, {}); }},
    {{"revoked", "ocsp-revoked", "a stapled response: revoked, the key is compromised", "RFC 6960 §2.2", "accepted"},
     [](CaseMaker& maker) { staple(maker, {.status = V_OCSP_CERTSTATUS_REVOKED}); }},
    {{"ocsp-unknown", "", "a stapled response: unknown", "RFC 6960 §2.2", "accepted"},
     [](CaseMaker& maker) { staple(maker, {.status = V_OCSP_CERTSTATUS_UNKNOWN}); }},
    {{"ocsp-expired", "", "a stapled response whose time is over", "RFC 6960 §4.2.2.1", "accepted"},
     [](CaseMaker& maker) { staple(maker, {.from = -10 * day, .until = -5 * day}); }},
    {{"ocsp-bad-signature", "", "a stapled response whose signature is wrong", "RFC 6960 §3.2", "accepted"},
     [](CaseMaker& maker) { staple(maker, {.is_broken = true}); }},
    {{"ocsp-other", "", "a stapled response for another certificate", "RFC 6960 §3.2", "accepted"},
     [](CaseMaker& maker) { staple(maker, {.is_of_other = true}); }},
    {{"ocsp-try-later", "", "a stapled response with the status tryLater", "RFC 6960 §2.3", "accepted"},
     [](CaseMaker& maker) {
         maker.staple = [](CaseMaker const&, X509*) {
             ResponsePtr const response(OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr));
             return der_of(response.get());
         };
     }},
    {{"ocsp-malformed", "", "a stapled response that is no DER", "RFC 6960 §4.2.1", "accepted"},
     [](CaseMaker& maker) { maker.staple = [](CaseMaker const&, X509*) { return std::string("no response"); }; }},
};

}  // namespace

std::span<CaseRow const> revocation_cases() { return revocation_rows; }

}  // namespace pathology::proxycore::tls
