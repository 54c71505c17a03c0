// The failure of listening or connecting: an error code and a message for users.
#pragma once

#include <boost/system/result.hpp>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <string>

namespace pathology::proxycore::net {

/// A failure to listen or to connect.
struct Failure : BasicFailure<error_code> {};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw boost::system::system_error; Boost.System finds it by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::net
