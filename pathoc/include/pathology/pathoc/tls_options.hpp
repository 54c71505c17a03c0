// The TLS options of a client.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pathology::pathoc {

/// A plain value; without `use` the other members are ignored.
struct TlsOptions {
    bool use = false;
    std::optional<std::string> sni = std::nullopt;  ///< std::nullopt: the host, unless it is an address; empty: none
    std::optional<std::string> client_certificate = std::nullopt;  ///< a PEM file with certificate and private key
    std::string passphrase = {};                                   ///< for an encrypted private key
    std::string versions = "secure";                               ///< a word of tls::parse_versions()
    std::string ciphers = {};                                      ///< an OpenSSL cipher list; empty: OpenSSL's default
    std::vector<std::string> alpn = {"http/1.1"};                  ///< the protocols offered
    /// What is done with the bytes that are sent over TLS, in the notation of language::parse_tls_fault(); empty:
    /// nothing.
    std::string fault = {};
    bool verify = false;           ///< verifies the certificate and host name of the server
    std::string authorities = {};  ///< a PEM file or folder of trusted authorities; empty: those of the system
    std::optional<std::string> key_log = std::nullopt;  ///< TLS secrets are appended to this file (NSS key log format)
};

}  // namespace pathology::pathoc
