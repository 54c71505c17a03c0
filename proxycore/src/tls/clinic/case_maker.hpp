// Makes the chain of one case: a good one, whose parts the case changes before they are signed.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tls/authority.hpp"
#include "tls/clinic/clinic_keys.hpp"
#include "tls/identity.hpp"

namespace pathology::proxycore::tls {

/// What a certificate says, and who signs it.
struct CertificatePlan {
    EVP_PKEY* key = nullptr;  ///< the certified key
    std::string common_name = {}, organization = {};
    std::vector<AlternativeName> names = {};
    bool critical_names = false;
    std::chrono::hours begin{-48}, end{24 * 197};  ///< of its validity, from now
    /// Extensions in OpenSSL's configuration syntax.
    std::vector<std::pair<int, std::string>> extensions = {};
    bool has_authority_key_identifier = true;
    EVP_MD const* digest = EVP_sha256();
    std::function<void(X509*)> edit = nullptr;   ///< changes it before it is signed
    std::function<void(X509*)> spoil = nullptr;  ///< changes it after
};

/// Signs the certificates of one case.
///
/// Invariant: `leaf` and authority_plan() are good, and issued by the last authority that add_authority() made, at first
///            by the authority of the clinic.
class CaseMaker {
public:
    CaseMaker(Authority::State const& authority, ClinicKeys& keys, std::string host, KeyType type);

    CertificatePlan leaf;
    /// The certificates behind the leaf, in the order they are sent.
    std::vector<X509Ptr> sent;
    /// Makes the OCSP response that is stapled to the leaf; nullptr = none.
    std::function<std::string(CaseMaker const&, X509* leaf)> staple = nullptr;

    std::string const& host() const noexcept { return host_; }
    /// The host without its first label.
    std::string parent() const { return host_.substr(host_.find('.') + 1); }
    X509* authority_certificate() const noexcept { return authority_.certificate(); }

    /// A key of the same type as that of the leaf. `purpose` tells keys of one type apart.
    EVP_PKEY* usual_key(std::string_view purpose);
    EVP_PKEY* key(KeySpec const& spec) { return keys_.key(spec); }

    /// The plan of an intermediate authority.
    CertificatePlan authority_plan(std::string common_name);
    /// Makes it the issuer of all that follows, and sends it.
    void add_authority(CertificatePlan const& plan) { add_authority(plan, sent.begin()); }
    void add_good_authority() { add_authority(authority_plan("pathology clinic intermediate")); }
    /// Makes a self-signed authority the issuer. It is not sent.
    void set_root(CertificatePlan const& plan);
    /// The leaf becomes self-signed.
    void sign_leaf_by_itself() { is_self_signed_ = true; }

    X509* issuer() const noexcept { return issuer_; }
    EVP_PKEY* issuer_key() const noexcept { return issuer_key_; }

    /// Signs a certificate by the issuer of now; nullptr if OpenSSL cannot make it.
    X509Ptr sign(CertificatePlan const& plan) const { return sign(plan, issuer_, issuer_key_); }
    /// The leaf with what is sent behind it.
    /// Errors: Errc::bad_settings if OpenSSL cannot make a certificate.
    Result<Identity> make();

private:
    void add_authority(CertificatePlan const& plan, std::vector<X509Ptr>::iterator before);
    void issue_by(X509Ptr certificate, EVP_PKEY* key);
    static X509Ptr sign(CertificatePlan const& plan, X509* issuer, EVP_PKEY* key);
    Result<Identity> failed() const;

    Authority::State const& authority_;
    ClinicKeys& keys_;
    std::string host_;
    KeyType type_;
    std::vector<X509Ptr> issuers_;  // made here
    X509* issuer_;
    EVP_PKEY* issuer_key_;
    bool is_self_signed_ = false, has_failed_ = false;
};

}  // namespace pathology::proxycore::tls
