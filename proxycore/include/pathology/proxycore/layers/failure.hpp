// Why an exchange, or a connection that it needs, came to nothing.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace pathology::proxycore::layers {

/// What went wrong on one of the two sides.
struct Failure {
    enum class Kind {
        closed,       ///< the peer ended or reset the connection, or the stream
        timed_out,    ///< it stayed silent for too long
        malformed,    ///< it broke its protocol
        too_large,    ///< a head or a body over its limit
        unreachable,  ///< no connection came about: name, TCP, an upstream proxy
        untrusted,    ///< TLS to it failed: handshake or verification
        cancelled,    ///< an addon said no, or the flow was killed
    };
    Kind kind = Kind::closed;
    std::string message{};      ///< a whole sentence that names host and port where there are some
    unsigned status = 502;      ///< what the client is told, while it still can be told (P13)
    bool is_retryable = false;  ///< nothing of the request was worked on: the same may be sent on a fresh connection
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw ProtocolException; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::layers
