// OpenSSL's objects of an identity, and reading them.
#pragma once

#include <mutex>
#include <pathology/proxycore/tls/identity.hpp>
#include <vector>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

struct Identity::Parts {
    std::vector<X509Ptr> chain;  // its own certificate first; never empty
    KeyPtr key;

    X509* certificate() const noexcept { return chain.front().get(); }
    /// What its own certificate says; found out once, as many connections show it.
    Certificate const& description() const;

private:
    mutable std::once_flag described_;
    mutable Certificate description_;
};

/// The private key of a PEM text; null when there is none, with OpenSSL's reason when it cannot be read.
struct ReadKey {
    KeyPtr key;
    std::string reason;
};
ReadKey read_key(std::string_view pem, std::string const& passphrase);

/// The content of a file.
/// Errors: the system's code, "cannot read '…': No such file or directory".
Result<std::string> read_file(std::filesystem::path const& file);

/// The key as PEM, not encrypted.
std::string pem_of(EVP_PKEY* key);
std::string pem_of(X509* certificate);

}  // namespace pathology::proxycore::tls
