// From OpenSSL's certificate to the value, and text that goes with it.
#pragma once

#include <pathology/proxycore/tls/certificate.hpp>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// What a certificate says.
Certificate describe(X509* certificate);

/// Every certificate of a PEM text, or the one of a DER text; empty when there is none.
std::vector<X509Ptr> read_certificates(std::string_view text);

}  // namespace pathology::proxycore::tls
