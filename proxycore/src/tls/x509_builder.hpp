// Makes X.509 certificates, for the authority and for those that it issues.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <vector>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// Builds an X.509 certificate. A failed step is stored; sign() then returns nullptr.
class X509Builder {
public:
    /// Version 3, a random serial, valid from two days ago for `life`. `key` is the certified key.
    X509Builder(EVP_PKEY* key, std::chrono::hours life);

    /// Replaces the validity; both times are relative to now.
    void set_validity(std::chrono::hours begin, std::chrono::hours end);
    void add_to_subject(char const* type, std::string const& value);  ///< a value that is too long is left out
    void set_issuer(X509_NAME const* issuer);
    void set_issuer_to_subject();

    /// Adds an extension in OpenSSL's configuration syntax: `critical,CA:TRUE`.
    void extend(int nid, std::string const& value);
    /// Refers to the key identifier of the issuer, if it has one.
    void add_authority_key_identifier(X509* issuer);
    void add_alternative_names(std::vector<AlternativeName> const& names, bool is_critical);

    /// Returns the certificate, signed with SHA-256; nullptr if a step failed. `scheme` replaces the algorithm, if it is
    /// not 0: a SignatureScheme of RSA with SHA-2 (RFC 8446 §4.2.3).
    X509Ptr sign(EVP_PKEY* key, std::uint16_t scheme = 0);
    /// The same with any digest, without PSS unless the key demands it; nullptr for a key that has its own (EdDSA).
    X509Ptr sign(EVP_PKEY* key, EVP_MD const* digest);

    /// For what no function here sets. nullptr after sign().
    X509* certificate() const noexcept { return certificate_.get(); }

private:
    void check(bool is_fine) { is_fine_ = is_fine_ && is_fine; }
    void add_random_serial();

    X509Ptr certificate_;
    bool is_fine_ = true;
};

}  // namespace pathology::proxycore::tls
