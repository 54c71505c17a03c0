// What `-S` tells of a TLS connection.
#pragma once

#include <pathology/proxycore/tls/connection_info.hpp>
#include <string>

namespace pathology::pathoc {

/// Protocol, cipher, and each certificate of the server; several lines.
std::string tls_report(proxycore::tls::ConnectionInfo const& info);

}  // namespace pathology::pathoc
