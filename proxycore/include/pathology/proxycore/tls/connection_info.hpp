// What the two sides of a TLS connection agreed on.
#pragma once

#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::tls {

/// Known when the handshake is done.
struct ConnectionInfo {
    std::string version;  ///< "TLSv1.3"
    std::string cipher;   ///< OpenSSL's name, "TLS_AES_256_GCM_SHA384"
    unsigned cipher_bits = 0;
    std::string alpn;                     ///< "h2", "http/1.1"; empty when none was agreed on
    std::string sni;                      ///< the name the client asked for; empty when it named none
    bool resumed = false;                 ///< an earlier session goes on: the peer sent no certificate this time
    std::vector<Certificate> peer_chain;  ///< as sent, the peer's own first; empty when it sent none
};

}  // namespace pathology::proxycore::tls
