// Which certificates of a server a client accepts.
#pragma once

#include <cstdint>
#include <pathology/proxycore/tls/certificate.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <pathology/proxycore/tls/version.hpp>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// What decides about the key and the signature of a server's certificate, of a ClientHello and of the handshake so far.
/// An empty list was not sent. Numbers are those of the wire.
struct AcceptedCertificates {
    Version version = Version::tls1_3;  ///< the negotiated one
    bool ecdsa_ciphers = true;          ///< below TLS 1.3: both sides have a cipher suite that signs by ECDSA or EdDSA
    bool rsa_ciphers = true;            ///< the same for RSA
    bool rsa_transport = false;  ///< the same for a suite whose key exchange encrypts by RSA, without a signature
    bool sha1 = false;           ///< we sign with SHA-1
    std::vector<std::uint16_t> groups = {};                     ///< supported_groups
    std::vector<std::uint16_t> signature_algorithms = {};       ///< of the handshake
    std::vector<std::uint16_t> signature_algorithms_cert = {};  ///< of certificates; if empty, signature_algorithms
};

/// How a certificate suits a client.
enum class Fit {
    none,        ///< the client cannot authenticate a server by this key
    key,         ///< it can; but it did not name the algorithm that the certificate is signed with
    certificate  ///< it accepts both
};

/// Judges the key by signature_algorithms, in TLS 1.3 alone (RFC 8446 §4.2.3). Below it the cipher suites and for a
/// curve supported_groups count too (RFC 8422 §5.1). The signature of the certificate is judged by
/// signature_algorithms_cert (RFC 8446 §4.4.2.2, RFC 5246 §7.4.2).
Fit fit_of(Certificate const& certificate, AcceptedCertificates const& accepted);

/// The type of key that a certificate for this client is issued for: ECDSA unless the client cannot use it.
KeyType key_for(AcceptedCertificates const& accepted);

/// The algorithm that an authority with a key of `key_type` ("RSA", "EC") signs a certificate for this client with.
/// Returns 0 for the usual one, SHA-256 without PSS; another number of the wire if the client names only others, and the
/// key can be used for one of them.
std::uint16_t signature_for(std::string_view key_type, AcceptedCertificates const& accepted);

}  // namespace pathology::proxycore::tls
