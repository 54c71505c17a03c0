// A TLS connection in the words of the log.
#pragma once

#include <pathology/proxycore/record/tls.hpp>
#include <pathology/proxycore/tls/connection_info.hpp>

namespace pathology::proxycore::tls {

record::RecordedCertificate recorded(Certificate const& certificate);

/// As a server sees it: the peer's certificate is the client's.
record::RecordedTls recorded_by_server(ConnectionInfo const& info);

/// As a client sees it: the peer's certificates are the server's, and kept when asked for.
record::RecordedTls recorded_by_client(ConnectionInfo const& info, bool keeps_certificates);

}  // namespace pathology::proxycore::tls
