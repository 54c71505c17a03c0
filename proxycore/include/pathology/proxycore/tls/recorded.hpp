// Converts a TLS connection to a record of the log.
#pragma once

#include <pathology/proxycore/record/tls.hpp>
#include <pathology/proxycore/tls/connection_info.hpp>

namespace pathology::proxycore::tls {

record::RecordedCertificate recorded(Certificate const& certificate);

/// The record of a server: the peer is the client.
record::RecordedTls recorded_by_server(ConnectionInfo const& info);

/// The record of a client: the peer is the server. Its certificates are included if `keeps_certificates`.
record::RecordedTls recorded_by_client(ConnectionInfo const& info, bool keeps_certificates);

}  // namespace pathology::proxycore::tls
