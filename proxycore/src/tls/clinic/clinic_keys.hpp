// The private keys of the clinic.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// A kind of key. Each field has OpenSSL's meaning.
struct KeySpec {
    std::string purpose = {};        ///< keys of one kind for different purposes are different
    char const* algorithm = "EC";    ///< "RSA", "RSA-PSS", "EC", "ED25519", "ED448"
    char const* curve = "P-256";     ///< of "EC"
    unsigned bits = 2048;            ///< of "RSA" and "RSA-PSS"
    unsigned long exponent = 65537;  ///< of "RSA" and "RSA-PSS"
};

/// Makes each key once, since an RSA key takes long, and keeps it. There are as many as cases name.
/// Thread: every function may be called from any thread. A call waits for keys that others make.
class ClinicKeys {
public:
    /// nullptr if OpenSSL cannot make it. Valid as long as this object.
    EVP_PKEY* key(KeySpec const& spec);

private:
    std::mutex mutex_;
    std::map<std::string, KeyPtr> made_;
};

}  // namespace pathology::proxycore::tls
