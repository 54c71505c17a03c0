// The OpenSSL objects of an identity, and their parsers.
#pragma once

#include <mutex>
#include <pathology/proxycore/tls/identity.hpp>
#include <vector>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

struct Identity::Parts {
    std::vector<X509Ptr> chain;  // its own certificate first; never empty
    KeyPtr key;
    std::string ocsp_response;  // DER, sent to clients that ask for it (RFC 6066 §8); empty = none

    X509* certificate() const noexcept { return chain.front().get(); }
    /// The fields of its own certificate; parsed once, as many connections use it.
    Certificate const& description() const;

private:
    mutable std::once_flag described_;
    mutable Certificate description_;
};

/// The private key of a PEM text; nullptr if there is none, with OpenSSL's reason if it cannot be parsed.
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
