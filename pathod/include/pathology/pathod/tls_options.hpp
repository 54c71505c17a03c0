// The TLS options of a daemon.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pathology::pathod {

/// The protocol that the daemon expects inside a tunnel of CONNECT.
enum class InTunnels {
    tls,     ///< a TLS handshake, for which it makes a certificate for the host of the CONNECT
    plain,   ///< requests
    detect,  ///< either, detected by the first byte
};

/// A plain value; the defaults are those of the program, except for the authority's folder.
struct TlsOptions {
    bool serve = false;  ///< connections begin with TLS
    InTunnels in_tunnels = InTunnels::tls;

    // --- certificates ---
    /// Common name and alternative names of the certificate for connections outside of tunnels; if either is given, the
    /// certificate has exactly these names. Default: CN `pathod.net`, valid for the server name that the client sends
    /// and for the address it connected to.
    std::optional<std::string> common_name = std::nullopt;
    std::vector<std::string> alternative_names = {};
    /// `[PATTERN=]FILE`: a PEM file with key and chain for matching hosts, such as `*.example.org`; without a pattern
    /// for all hosts.
    std::vector<std::string> certificates = {};
    std::string passphrase = {};  ///< for encrypted private keys
    /// The folder of the authority that signs generated certificates; std::nullopt: one in memory, made anew for each
    /// daemon.
    std::optional<std::string> authority_folder = std::nullopt;
    /// With `serve`, and certificates that are made for each server name: names such as `expired.localhost` get the
    /// certificate or the handshake of that case, see tls::clinic_cases().
    bool clinic = true;
    bool request_client_certificate = false;  ///< requests a certificate from clients; any is accepted, and logged

    // --- the connection ---
    /// What is done with the bytes that the daemon sends over each TLS connection, in the notation of
    /// language::parse_tls_fault(); empty: nothing.
    std::string fault = {};
    std::string versions = "secure";                    ///< a word of tls::parse_versions()
    std::string ciphers = {};                           ///< an OpenSSL cipher list; empty: OpenSSL's default
    std::optional<std::string> key_log = std::nullopt;  ///< TLS secrets are appended to this file (NSS key log format)
};

}  // namespace pathology::pathod
