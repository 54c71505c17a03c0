// The failure of a reader of HTTP/2 that cannot continue with the peer's bytes.
#pragma once
#include <boost/system/result.hpp>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>

namespace pathology::proxycore::http2 {

/// A broken connection: the code that a GOAWAY about it would carry, and a sentence for the log.
struct Failure : BasicFailure<ErrorCode> {};

template <class T> using Result = boost::system::result<T, Failure>;

}  // namespace pathology::proxycore::http2
