// Why an exchange failed.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <pathology/proxycore/failure.hpp>
#include <stdexcept>
#include <string>

namespace pathology::proxycore::http2 {
struct Violation;
}

namespace pathology::pathoc {

struct Response;

enum class Errc {
    bad_spec = 1,        ///< the spec is invalid, or a file it names cannot be read; nothing (more) was sent
    cannot_connect,      ///< the connection to the host failed
    proxy_refused,       ///< a proxy or a SOCKS server refused the tunnel
    tls_failed,          ///< the TLS handshake failed, or TLS options are invalid
    timed_out,           ///< no progress within the time limit
    invalid_response,    ///< the response is invalid
    server_closed,       ///< the server closed the connection before the end of the response
    closed_by_spec,      ///< the spec closed the connection (`d`), so there is no response
    not_a_conversation,  ///< this connection has no frame or response to wait for
};

/// An error with its message, one line: `Timeout`, `Invalid server response: …`.
struct Failure : proxycore::BasicFailure<Errc> {
    boost::system::error_code cause{};  ///< the error of the system, if there was one
    std::uint64_t bytes_sent = 0;       ///< of the message
    std::uint64_t bytes_received = 0;   ///< of its response
    /// The rule of HTTP/2 that the server broke; nullptr for other failures.
    std::shared_ptr<proxycore::http2::Violation const> violation{};
    /// The response, if all of it arrived although the server broke a rule; else nullptr.
    std::shared_ptr<Response const> response{};
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Thrown by Result::value(); what() is the message of the failure.
class ClientError : public std::runtime_error {
public:
    explicit ClientError(Failure failure) : std::runtime_error(failure.message), failure_(std::move(failure)) {}

    Failure const& failure() const noexcept { return failure_; }

private:
    Failure failure_;
};

[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::pathoc
