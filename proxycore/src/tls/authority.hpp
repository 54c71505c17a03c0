// The OpenSSL objects of an authority.
#pragma once

#include <atomic>
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
    std::string name;  // in file names and archives

    X509* certificate() const noexcept { return chain.front().get(); }
    /// The private key of all leaves of that type.
    EVP_PKEY* key_of_leaves(KeyType type) const;
    /// Returns true if a certificate takes long to issue: an RSA key has to be generated first, or the authority signs
    /// with a large one.
    bool is_slow(KeyType type) const;

private:
    mutable std::once_flag ecdsa_made_, rsa_made_;
    mutable KeyPtr ecdsa_, rsa_;
    mutable std::atomic<bool> has_rsa_ = false;
};

/// Makes a key; `rsa_bits` is the size of an RSA key.
KeyPtr make_key(KeyType type, unsigned rsa_bits = 2048);

/// Makes an archive without a password (RFC 7292). With nullptr for `key` it has the certificate only.
std::string pkcs12_of(EVP_PKEY* key, X509* certificate, std::string const& name);

/// Makes a key and a self-signed certificate.
std::shared_ptr<Authority::State> make_authority(AuthorityOptions const& options);

}  // namespace pathology::proxycore::tls
