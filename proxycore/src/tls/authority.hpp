// OpenSSL's objects of an authority.
#pragma once

#include <mutex>
#include <pathology/proxycore/tls/authority.hpp>
#include <vector>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

struct Authority::State {
    std::vector<X509Ptr> chain;  // its own certificate first; never empty
    KeyPtr key;
    KeyType leaf_key = KeyType::ecdsa_p256;
    std::filesystem::path file;
    std::string name;  // what files and archives call it

    X509* certificate() const noexcept { return chain.front().get(); }
    /// The private key of all leaves of that kind.
    EVP_PKEY* key_of_leaves(KeyType type) const;

private:
    mutable std::once_flag ecdsa_made_, rsa_made_;
    mutable KeyPtr ecdsa_, rsa_;
};

/// A new key; `rsa_bits` is its length when it is RSA.
KeyPtr make_key(KeyType type, unsigned rsa_bits = 2048);

/// An archive without a password (RFC 7292). Without a key it has the certificate alone.
std::string pkcs12_of(EVP_PKEY* key, X509* certificate, std::string const& name);

/// A key and a certificate signed by itself.
std::shared_ptr<Authority::State> make_authority(AuthorityOptions const& options);

}  // namespace pathology::proxycore::tls
