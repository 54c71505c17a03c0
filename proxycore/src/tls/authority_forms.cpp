// The authority's certificate as PKCS#12, and its certificate revocation list.
#include <openssl/err.h>

#include "tls/authority.hpp"
#include "tls/certificate.hpp"

namespace pathology::proxycore::tls {
namespace {

using RevocationsPtr = std::unique_ptr<X509_CRL, FreedBy<X509_CRL_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, FreedBy<ASN1_TIME_free>>;

constexpr long day = 24 * 60 * 60;  // seconds

std::string der_of(X509_CRL const* list) {
    auto const out = collector();
    i2d_X509_CRL_bio(out.get(), list);
    return collected(out.get());
}

}  // namespace

std::string pkcs12_of(EVP_PKEY* key, X509* certificate, std::string const& name) {
    ChainPtr others(sk_X509_new_null());
    if (key == nullptr) sk_X509_push(others.get(), share(certificate).release());
    // PKCS12_create() takes the certificate of a key only; without a key it goes into the list of further ones.
    Pkcs12Ptr const archive(PKCS12_create("", name.c_str(), key, key != nullptr ? certificate : nullptr, others.get(),
                                          0, key != nullptr ? 0 : -1, 0, 0, 0));
    auto const out = collector();
    if (archive) i2d_PKCS12_bio(out.get(), archive.get());
    ERR_clear_error();
    return collected(out.get());
}

std::string Authority::certificate_p12() const { return pkcs12_of(nullptr, state_->certificate(), state_->name); }

std::string Authority::revocation_path() const { return "/" + name() + "-" + certificate().serial + ".crl"; }

std::string Authority::revocation_list() const {
    RevocationsPtr const list(X509_CRL_new());
    TimePtr const from(X509_gmtime_adj(nullptr, -2 * day)), until(X509_gmtime_adj(nullptr, 7 * day));
    // Version 2 has the number 1. Backdated as the leaves are, for clients whose clocks are behind.
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(state_->certificate()));
    X509_CRL_set1_lastUpdate(list.get(), from.get());
    X509_CRL_set1_nextUpdate(list.get(), until.get());
    X509_CRL_sign(list.get(), state_->key.get(), EVP_sha256());
    ERR_clear_error();
    return der_of(list.get());
}

}  // namespace pathology::proxycore::tls
