// Error codes of TLS connections.
#pragma once

#include <boost/system/error_code.hpp>

namespace pathology::proxycore::tls {

using boost::system::error_code;

/// tls::Failure has the details: the alert, OpenSSL's reason, why a certificate was rejected.
enum class Errc {
    alert_received = 1,    ///< the peer ended the handshake or the connection with a fatal alert
    protocol_violation,    ///< the peer violated the protocol, or the two sides have no version or cipher in common
    not_tls,               ///< the peer sends something other than TLS
    truncated,             ///< the connection ended without close_notify: the data may be cut short (RFC 8446 §6.1)
    ended_in_handshake,    ///< the connection ended before the handshake did
    certificate_rejected,  ///< the verification of the peer's certificate failed
    no_certificate,        ///< there is no certificate for the name that the client requested
    bad_certificate_file,  ///< a file of certificates or keys cannot be used
    bad_settings,          ///< invalid versions, ciphers, protocol names or server name
    hello_too_large,       ///< a ClientHello above the limit
    refused,               ///< HandshakeSettings::alert ended the handshake
};

/// The category of Errc; its name is "pathology.tls".
boost::system::error_category const& errc_category() noexcept;

error_code make_error_code(Errc code) noexcept;

}  // namespace pathology::proxycore::tls

template <> struct boost::system::is_error_code_enum<pathology::proxycore::tls::Errc> : std::true_type {};
