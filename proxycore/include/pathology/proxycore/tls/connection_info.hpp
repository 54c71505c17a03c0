// The negotiated properties of a TLS connection.
#pragma once

#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::tls {

/// Known after the handshake.
struct ConnectionInfo {
    std::string version;  ///< "TLSv1.3"
    std::string cipher;   ///< OpenSSL's name, "TLS_AES_256_GCM_SHA384"
    unsigned cipher_bits = 0;
    std::string alpn;                     ///< "h2", "http/1.1"; empty if none was selected
    std::string sni;                      ///< the server_name of the client; empty if it sent none
    bool resumed = false;                 ///< a session was resumed: the peer sent no certificate this time
    std::vector<Certificate> peer_chain;  ///< as sent, the peer's own first; empty if it sent none
};

}  // namespace pathology::proxycore::tls
