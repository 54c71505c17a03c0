// The TLS state that all connections of a proxy share.
#pragma once

#include <memory>
#include <pathology/proxycore/tls/certificate_store.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tls/sessions.hpp>
#include <string>
#include <vector>

#include "layers/tls/client_identities.hpp"
#include "layers/tls/tls_service.hpp"

namespace pathology::proxycore::layers {

/// Replaced as a whole when the settings change. The contexts are made once, as each costs more than a handshake.
/// Names, ALPN and certificates differ between connections and are set on their engines.
struct TlsService::State {
    std::unique_ptr<tls::CertificateStore> certificates;
    tls::AcceptContext for_clients;
    tls::ConnectContext for_servers;
    ClientIdentities identities;
    std::shared_ptr<tls::Sessions> sessions;  ///< of servers; nullptr = no resumption
    std::string revocation_path;              ///< of the authority
    std::vector<std::string> warnings;
};

}  // namespace pathology::proxycore::layers
