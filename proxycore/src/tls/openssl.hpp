// Owning pointers for OpenSSL's objects, and its errors as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

template <auto Free> struct FreedBy {
    template <class T> void operator()(T* object) const noexcept { Free(object); }
};

inline void free_chain(STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); }

using BioPtr = std::unique_ptr<BIO, FreedBy<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, FreedBy<X509_free>>;
using ChainPtr = std::unique_ptr<STACK_OF(X509), FreedBy<free_chain>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreedBy<GENERAL_NAMES_free>>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, FreedBy<PKCS12_free>>;
using SslPtr = std::unique_ptr<SSL, FreedBy<SSL_free>>;
using SessionPtr = std::unique_ptr<SSL_SESSION, FreedBy<SSL_SESSION_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;

/// Another owner of the same object.
inline X509Ptr share(X509* certificate) {
    X509_up_ref(certificate);
    return X509Ptr(certificate);
}
inline KeyPtr share(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    return KeyPtr(key);
}

/// A BIO that reads `text`, which must outlive it.
BioPtr reader_of(std::string_view text);
/// A BIO that collects the bytes written to it; collected() returns them.
BioPtr collector();
std::string collected(BIO* bio);

/// Returns the first reason in the error queue of this thread, and clears the queue.
std::string take_reason();

/// A failure without an alert.
Failure failure(error_code code, std::string message, std::string reason = {});

}  // namespace pathology::proxycore::tls
