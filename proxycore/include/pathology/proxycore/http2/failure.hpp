// What a reader of HTTP/2 says when the peer's bytes cannot be read any further.
#pragma once
#include <boost/system/result.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>

namespace pathology::proxycore::http2 {

/// A broken connection: the code that a GOAWAY about it would carry, and a sentence for the log.
struct Failure {
    ErrorCode code = ErrorCode::protocol_error;
    std::string message;  ///< `the field block of stream 3 is no HPACK`
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes `Result::value()` throw std::runtime_error with the failure's message.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::http2
