// How a client speaks TLS.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pathology::pathoc {

/// A plain value; without `use` the rest means nothing.
struct TlsOptions {
    bool use = false;
    std::optional<std::string> sni = std::nullopt;  ///< nothing = the host, unless that is an address; empty = none
    std::optional<std::string> client_certificate = std::nullopt;  ///< a PEM file with certificate and key
    std::string passphrase = {};                                   ///< opens an encrypted key
    std::string versions = "secure";                               ///< a word of tls::parse_versions()
    std::string ciphers = {};                                      ///< in OpenSSL's notation; empty = its choice
    std::vector<std::string> alpn = {"http/1.1"};                  ///< the protocols offered
    bool verify = false;           ///< the server has to show a certificate that is trusted and good for the host
    std::string authorities = {};  ///< a PEM file or a folder of what is trusted; empty = where the system keeps it
    std::optional<std::string> key_log = std::nullopt;  ///< the file that gets the secrets
};

}  // namespace pathology::pathoc
