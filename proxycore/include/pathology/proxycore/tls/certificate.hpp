// An X.509 certificate as a value.
#pragma once

#include <chrono>
#include <cstddef>
#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// One attribute of a distinguished name: `CN`, `example.org`.
struct NameAttribute {
    std::string type, value;
    friend bool operator==(NameAttribute const&, NameAttribute const&) = default;
};

/// An entry of the subjectAltName extension (RFC 5280 §4.2.1.6).
struct AlternativeName {
    enum class Kind { dns, ip, other };
    Kind kind = Kind::dns;
    std::string value;  ///< "example.org", "127.0.0.1", "::1"; for other kinds "email:a@b"
    friend bool operator==(AlternativeName const&, AlternativeName const&) = default;
};

/// The fields of a certificate. Times are UTC.
struct Certificate {
    std::string der;  ///< the complete certificate
    std::vector<NameAttribute> subject, issuer;
    std::vector<AlternativeName> alternative_names;
    std::string serial;  ///< hexadecimal, upper case, no leading zeros
    std::chrono::system_clock::time_point not_before, not_after;
    unsigned version = 3;
    std::string signature_algorithm;  ///< "sha256WithRSAEncryption"
    std::string key_type;             ///< "RSA", "EC", "ED25519"
    unsigned key_bits = 0;
    bool is_authority = false;  ///< basicConstraints CA:TRUE
    std::string crl_url;        ///< the first one; empty if there is none

    std::string pem() const;
    std::string sha256() const;  ///< fingerprint of `der`, 64 hexadecimal digits
    /// The first attribute of that type in the subject; empty if there is none: `subject_value("CN")`.
    std::string subject_value(std::string_view type) const;
    bool is_valid_at(std::chrono::system_clock::time_point when) const {
        return not_before <= when && when <= not_after;
    }
};

/// "CN=example.org, O=Example"
std::string to_string(std::vector<NameAttribute> const& name);

/// Parses all certificates of a PEM text, or the one of a DER text. Errors name `origin`, such as a file.
/// Errors: Errc::bad_certificate_file, also if there is none.
Result<std::vector<Certificate>> parse_certificates(std::string_view text, std::string_view origin);

}  // namespace pathology::proxycore::tls
