// What a daemon can be told of TLS.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pathology::pathod {

/// What the daemon expects inside a tunnel that CONNECT asked for.
enum class InTunnels {
    tls,     ///< a TLS handshake, answered with a certificate for the host of the CONNECT
    plain,   ///< requests
    detect,  ///< the one or the other, by the first byte
};

/// A plain value; the defaults are those of the program, except for the authority's folder.
struct TlsOptions {
    bool serve = false;  ///< connections begin with TLS
    InTunnels in_tunnels = InTunnels::tls;

    // --- certificates ---
    /// Common name and alternative names of the certificate that is made for connections outside of tunnels; when
    /// either is given, it has these and no others. Without: CN `pathod.net`, good for the name that the client asks
    /// for and for the address it connected to.
    std::optional<std::string> common_name = std::nullopt;
    std::vector<std::string> alternative_names = {};
    /// `[PATTERN=]FILE`: a PEM file of key and chain for hosts that fit, `*.example.org`; without a pattern for all.
    std::vector<std::string> certificates = {};
    std::string passphrase = {};  ///< opens encrypted keys
    /// The folder of the authority that signs what is made; nothing = one that lives in memory, as long as the daemon.
    std::optional<std::string> authority_folder = std::nullopt;
    bool request_client_certificate = false;  ///< clients are asked for one; any is taken, and noted

    // --- the connection ---
    std::string versions = "secure";                    ///< a word of tls::parse_versions()
    std::string ciphers = {};                           ///< in OpenSSL's notation; empty = its choice
    std::optional<std::string> key_log = std::nullopt;  ///< the file that gets the secrets
};

}  // namespace pathology::pathod
