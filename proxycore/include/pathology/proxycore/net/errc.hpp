// The errors this layer names itself, and the words in which any error of a connection is told to a person.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace pathology::proxycore::net {

using boost::system::error_code;

/// What a connection can die of that the operating system has no code for.
enum class Errc {
    timed_out = 1,         ///< nothing moved within the time limit of the stream
    closed,                ///< this side had closed the stream already
    already_started,       ///< Server::start() on a server that runs
    name_not_found,        ///< a host name has no address
    too_many_connections,  ///< the server's max_connections is reached
    out_of_descriptors,    ///< the process or the system may open no more files
    stopped,               ///< the server was asked to stop
};

/// The category of Errc; its name is "pathology.net".
boost::system::error_category const& errc_category() noexcept;

error_code make_error_code(Errc code) noexcept;

/// Says what happened in the user's words: "connection refused", "connection reset by the peer", "nothing arrived
/// in time". Codes without words of ours say what their category says.
std::string describe(error_code code);

}  // namespace pathology::proxycore::net

template <> struct boost::system::is_error_code_enum<pathology::proxycore::net::Errc> : std::true_type {};
