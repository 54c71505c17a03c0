// Failures of connections through a proxy.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <pathology/proxycore/failure.hpp>
#include <string>

namespace pathology::proxycore::tunnel {

enum class Errc {
    refused = 1,        ///< the proxy refused the request
    wants_credentials,  ///< the proxy requires credentials, and none were given
    bad_credentials,    ///< the proxy rejected the credentials
    not_spoken,         ///< the response is not valid in the protocol of the proxy
    no_response,        ///< the connection ended or timed out before the response; see `cause`
};

struct Failure : BasicFailure<Errc> {
    boost::system::error_code cause{};
    std::string response{};  ///< status of an HTTP proxy that refused: `403 Forbidden`
};

template <class T> using Result = boost::system::result<T, Failure>;

}  // namespace pathology::proxycore::tunnel
