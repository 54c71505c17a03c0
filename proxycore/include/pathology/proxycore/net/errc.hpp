// Error codes of connections, and their descriptions for users.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace pathology::proxycore::net {

using boost::system::error_code;

/// Errors for which the operating system has no code.
enum class Errc {
    timed_out = 1,         ///< no byte was moved within the time limit of the stream
    closed,                ///< the stream was closed on this side
    already_started,       ///< Server::start() was called on a running server
    name_not_found,        ///< the host name has no address
    too_many_connections,  ///< ServerOptions::max_connections is reached
    out_of_descriptors,    ///< the limit of open files is reached
    stopped,               ///< the server was stopped
};

/// The category of Errc, "pathology.net".
boost::system::error_category const& errc_category() noexcept;

error_code make_error_code(Errc code) noexcept;

/// Returns a description for users: "connection refused", "connection reset by the peer". For codes that are not in the
/// table, it is the message of their category.
std::string describe(error_code code);

}  // namespace pathology::proxycore::net

template <> struct boost::system::is_error_code_enum<pathology::proxycore::net::Errc> : std::true_type {};
