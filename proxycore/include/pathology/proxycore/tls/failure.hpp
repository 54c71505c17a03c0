// Failures of TLS: a code for programs, the parts for tests, a sentence for people.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/tls/errc.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

/// An alert (RFC 8446 §6) and its sender.
struct Alert {
    enum class Side {
        sent_by_peer,  ///< the peer found an error of ours
        raised_here,   ///< we found an error of the peer and sent the alert
    };
    std::uint8_t code = 0;  ///< AlertDescription: 40 is handshake_failure
    Side side = Side::sent_by_peer;

    /// The name in the RFC, "handshake_failure"; "unknown" for other codes.
    std::string_view name() const noexcept;
    friend bool operator==(Alert const&, Alert const&) = default;
};

/// "handshake_failure (40)"
std::string to_string(Alert const& alert);

/// A failed handshake, a broken connection, a setting or a file that cannot be used.
struct Failure : BasicFailure<error_code> {
    std::optional<Alert> alert{};  ///< the fatal alert, if there was one
    std::string reason{};          ///< the text of OpenSSL, "no shared cipher"; empty if there is none
    std::string verify_error{};    ///< why a certificate was rejected, "certificate has expired"; else empty
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw boost::system::system_error; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::tls
