// Making certificates: the parts that a certificate of our own and those it issues have in common.
#pragma once

#include <chrono>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <vector>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// An X.509 certificate in the making. A step that fails is remembered, and sign() tells.
class X509Builder {
public:
    /// Version 3, a random serial, from two days ago for so long; `key` is the one it certifies.
    X509Builder(EVP_PKEY* key, std::chrono::hours life);

    void add_to_subject(char const* type, std::string const& value);  ///< what does not fit is left out
    void set_issuer(X509_NAME const* issuer);
    void set_issuer_to_subject();

    /// An extension in the words of OpenSSL's configuration: `critical,CA:TRUE`.
    void extend(int nid, std::string const& value);
    /// Points to the key identifier of the issuer, when it has one.
    void add_authority_key_identifier(X509* issuer);
    void add_alternative_names(std::vector<AlternativeName> const& names, bool is_critical);

    /// The finished certificate, SHA-256; null when a step failed.
    X509Ptr sign(EVP_PKEY* key);

private:
    void check(bool is_fine) { is_fine_ = is_fine_ && is_fine; }
    void add_random_serial();

    X509Ptr certificate_;
    bool is_fine_ = true;
};

}  // namespace pathology::proxycore::tls
