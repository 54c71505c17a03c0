// Failures of mode specifications, with their place, and their messages.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::modes {

enum class Errc : std::uint8_t {
    unknown_mode = 1,  ///< no mode has that name
    unexpected_data,   ///< data after the colon of a mode without data
    missing_data,      ///< the mode requires data
    bad_scheme,        ///< a scheme that the mode does not support
    bad_host,          ///< neither a host name nor an address
    bad_port,          ///< not a number from 0 to 65535, or 0 for a server
    bad_credentials,   ///< of a proxy: no user, or one that its protocol cannot carry
    missing_port,      ///< a scheme without a default port, and no port given
    unexpected_path,   ///< more than host and port in the address of a server
    duplicate,         ///< two listeners on one address
    exclusive,         ///< flags that exclude each other
};

/// Why a specification is invalid: a sentence, and the range of bytes.
struct Failure : BasicFailure<Errc> {
    std::size_t begin = 0, end = 0;  ///< `begin == end`: a place between two bytes
};

template <class T> using Result = boost::system::result<T, Failure>;

/// For a terminal, three lines without a newline at the end:
///
///     mode:18: expected a port, a number from 1 to 65535
///     reverse:http://h:x
///                      ^
///
/// Columns are bytes and count from 1.
std::string describe(Failure const& failure, std::string_view text);

/// Makes Result::value() throw OptionsError with the failure's message; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::modes
