// Converts OpenSSL's certificates to values.
#pragma once

#include <pathology/proxycore/tls/certificate.hpp>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// Returns the fields of a certificate.
Certificate describe(X509* certificate);

/// "RSA", "EC", "ED25519".
std::string key_type_of(EVP_PKEY const* key);

/// Parses all certificates of a PEM text, or the one of a DER text; empty if there is none.
std::vector<X509Ptr> read_certificates(std::string_view text);

}  // namespace pathology::proxycore::tls
