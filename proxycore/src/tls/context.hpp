// The OpenSSL objects of the shared settings.
#pragma once

#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <string>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

struct AcceptContext::State {
    ContextPtr ctx;
    std::string alpn;  // in wire format
    std::shared_ptr<KeyLog> key_log;
};

struct ConnectContext::State {
    ContextPtr ctx;
    bool verifies = false;
    std::shared_ptr<KeyLog> key_log;
};

/// Changes versions, ciphers and verification of one accepted connection.
/// Errors: Errc::bad_settings for what OpenSSL does not have.
Result<void> change_connection(SSL* ssl, HandshakeSettings const& settings);

/// Converts protocol names to the wire format (RFC 7301 §3.1).
/// Errors: Errc::bad_settings for an empty name or one of more than 255 bytes.
Result<std::string> wire_form(std::vector<std::string> const& protocols);

}  // namespace pathology::proxycore::tls
