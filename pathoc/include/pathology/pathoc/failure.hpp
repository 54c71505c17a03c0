// Why an exchange with a server did not give a reply.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <stdexcept>
#include <string>

namespace pathology::pathoc {

enum class Errc {
    bad_spec = 1,        ///< the spec was refused, or a file it names could not be read; nothing (more) was sent
    cannot_connect,      ///< no connection to the host
    proxy_refused,       ///< a proxy or a SOCKS server on the way did not let us through
    tls_failed,          ///< no TLS with the server: the handshake failed, or its options cannot be
    timed_out,           ///< nothing moved within the time limit
    invalid_response,    ///< what arrived is no HTTP/1 message
    server_closed,       ///< the server ended the connection before a whole reply
    closed_by_spec,      ///< the spec closed the connection (`d`); there is no reply to wait for
    not_a_conversation,  ///< asked for a frame or a reply that this connection cannot give
};

/// What went wrong, in words and in numbers.
struct Failure : proxycore::BasicFailure<Errc> {
    boost::system::error_code cause{};   ///< the system's word, when it had one
    std::uint64_t bytes_sent = 0;      ///< of this message
    std::uint64_t bytes_received = 0;  ///< of its reply
};

template <class T> using Result = boost::system::result<T, Failure>;

/// What Result::value() throws; what() is the failure's message.
class ClientError : public std::runtime_error {
public:
    explicit ClientError(Failure failure) : std::runtime_error(failure.message), failure_(std::move(failure)) {}

    Failure const& failure() const noexcept { return failure_; }

private:
    Failure failure_;
};

[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::pathoc
