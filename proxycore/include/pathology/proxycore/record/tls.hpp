// The TLS connection of an exchange, for logs.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pathology::proxycore::record {

/// A certificate as logs show it.
struct RecordedCertificate {
    std::string common_name{};
    std::string subject{}, issuer{};  ///< "CN=example.org, O=Example"
    std::string serial{};             ///< hexadecimal
    std::chrono::system_clock::time_point not_before{}, not_after{};
    unsigned version = 3;
    std::string algorithm{};  ///< of the signature
    std::string key_type{};   ///< "RSA", "EC"
    unsigned key_bits = 0;
    std::vector<std::string> alternative_names{};  ///< host names and addresses
    std::string sha256{};                          ///< fingerprint, hexadecimal
};

/// An action of a TLS fault that was done.
struct RecordedTlsFault {
    std::string action{};           ///< as it was written: "drecord2,rst"
    std::uint64_t byte = 0;         ///< the place in the bytes of TLS that this end sends: before this one, from 0
    std::uint64_t record = 1;       ///< the record of this end that the byte is in, from 1
    std::uint64_t record_byte = 0;  ///< the byte in the record, from 0

    friend bool operator==(RecordedTlsFault const&, RecordedTlsFault const&) = default;
};

/// For people: `TLS fault: d40 at byte 40, record 1+40`.
std::string to_string(RecordedTlsFault const& fault);

/// A TLS connection; shared by the records of all its exchanges.
struct RecordedTls {
    std::string version{};  ///< "TLSv1.3"
    std::string cipher{};   ///< "TLS_AES_256_GCM_SHA384"
    unsigned cipher_bits = 0;
    std::string alpn{};  ///< "h2", "http/1.1"; empty if none was selected
    std::string sni{};   ///< server_name of the client; empty if it sent none
    std::optional<RecordedCertificate> client_certificate{};
    std::vector<RecordedCertificate> server_certificates{};  ///< as sent; only if the client was set to keep them
};

}  // namespace pathology::proxycore::record
