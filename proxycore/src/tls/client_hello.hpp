// Parses the ClientHello of a handshake.
#pragma once

#include <pathology/proxycore/tls/client_hello.hpp>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// For the client_hello callback of OpenSSL; only valid during it.
ClientHello read_client_hello(SSL* ssl);

}  // namespace pathology::proxycore::tls
