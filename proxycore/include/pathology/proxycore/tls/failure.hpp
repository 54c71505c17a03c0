// Why something of TLS did not work: a code for the program, its parts for a test, a sentence for the person.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/tls/errc.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

/// An alert (RFC 8446 §6), and which side found the fault.
struct Alert {
    enum class Side {
        sent_by_peer,  ///< the peer complains of us
        raised_here,   ///< we complain of the peer, and have told it so
    };
    std::uint8_t code = 0;  ///< AlertDescription: 40 is handshake_failure
    Side side = Side::sent_by_peer;

    /// The RFC's name, "handshake_failure"; "unknown" for a code it does not know.
    std::string_view name() const noexcept;
    friend bool operator==(Alert const&, Alert const&) = default;
};

/// A failed handshake, a broken connection, a setting or a file that cannot be used.
struct Failure : BasicFailure<error_code> {
    std::optional<Alert> alert{};  ///< the fatal one, when there was one
    std::string reason{};          ///< OpenSSL's words, "no shared cipher"; empty when it had none
    std::string verify_error{};    ///< why a certificate did not pass, "certificate has expired"; empty when it did
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw boost::system::system_error; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::tls
