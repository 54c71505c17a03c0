// Why a proxy did not let us through.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <pathology/proxycore/failure.hpp>
#include <string>

namespace pathology::proxycore::tunnel {

enum class Errc {
    refused = 1,        ///< the proxy understood, and said no
    wants_credentials,  ///< the proxy asks for a user and a password, and none were given
    bad_credentials,    ///< the proxy does not take the user and the password that were given
    not_spoken,         ///< what came is no answer in the proxy's protocol
    no_answer,          ///< the connection ended or stayed silent first: `cause` tells how
};

/// What went wrong on the way through a proxy.
struct Failure : BasicFailure<Errc> {
    boost::system::error_code cause{};
    std::string answer{};  ///< of an HTTP proxy that said no: `403 Forbidden`
};

template <class T> using Result = boost::system::result<T, Failure>;

}  // namespace pathology::proxycore::tunnel
