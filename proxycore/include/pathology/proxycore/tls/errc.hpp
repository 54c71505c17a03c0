// What a TLS connection can die of, as codes.
#pragma once

#include <boost/system/error_code.hpp>

namespace pathology::proxycore::tls {

using boost::system::error_code;

/// The details beside a code (the alert, OpenSSL's reason, why a certificate was refused) are in tls::Failure.
enum class Errc {
    alert_received = 1,    ///< the peer ended the handshake or the connection with a fatal alert
    protocol_violation,    ///< what the peer sent breaks the protocol, or nothing both sides support is left
    not_tls,               ///< the peer speaks, but not TLS
    truncated,             ///< the connection ended without close_notify: the data may be cut short (RFC 8446 §6.1)
    ended_in_handshake,    ///< the connection ended before the handshake did
    certificate_rejected,  ///< we verified the peer's certificate, and it did not pass
    no_certificate,        ///< there is no certificate for the name that the client asks for
    bad_certificate_file,  ///< a file of certificates or keys cannot be used
    bad_settings,          ///< versions, ciphers, protocol names or server name that TLS cannot have
    hello_too_large,       ///< a ClientHello past the limit
};

/// The category of Errc; its name is "pathology.tls".
boost::system::error_category const& errc_category() noexcept;

error_code make_error_code(Errc code) noexcept;

}  // namespace pathology::proxycore::tls

template <> struct boost::system::is_error_code_enum<pathology::proxycore::tls::Errc> : std::true_type {};
