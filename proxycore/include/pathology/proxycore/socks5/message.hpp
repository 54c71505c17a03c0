// The messages of SOCKS5, as values and as bytes (RFC 1928; RFC 1929 for user and password).
//
//   client                                    server
//   Greeting     methods it can use    ──▶
//                                      ◀──    Method       the one to use, or unacceptable
//   Credentials  only with password    ──▶
//                                      ◀──    Verdict
//   Request      command and address   ──▶
//                                      ◀──    Reply        then bytes flow both ways
#pragma once

#include <cstdint>
#include <pathology/proxycore/endpoint.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::socks5 {

/// Ways to authenticate (RFC 1928 §3). Others exist, and may be offered.
enum class Method : std::uint8_t { none = 0, gssapi = 1, password = 2, unacceptable = 0xFF };

/// The methods of a client in order of preference; 1 to 255.
struct Greeting {
    std::vector<Method> methods;
    bool operator==(Greeting const&) const = default;
};

/// User and password, at most 255 bytes each. RFC 1929 wants at least one byte; empty ones are common and are read.
struct Credentials {
    std::string user, password;
    bool operator==(Credentials const&) const = default;
};

/// Whether the server accepts the credentials.
enum class Verdict : std::uint8_t { accepted = 0, refused = 1 };

/// The command of a request (RFC 1928 §4). Others may be received, and are refused with a reply.
enum class Command : std::uint8_t { connect = 1, bind = 2, udp_associate = 3 };

/// A command and its target. IPv4 and IPv6 addresses are sent as such, everything else as a name of 1 to 255 visible
/// ASCII bytes, which the server resolves.
struct Request {
    Command command = Command::connect;
    Endpoint target;
    bool operator==(Request const&) const = default;
};

/// The result of a request (RFC 1928 §6). Other values may be received.
enum class ReplyCode : std::uint8_t {
    succeeded = 0,
    general_failure = 1,
    not_allowed = 2,
    network_unreachable = 3,
    host_unreachable = 4,
    connection_refused = 5,
    ttl_expired = 6,
    command_not_supported = 7,
    address_type_not_supported = 8,
};

/// The words of RFC 1928 with the number: "Host unreachable (4)", "unassigned code (42)".
std::string describe(ReplyCode code);

struct Reply {
    ReplyCode code = ReplyCode::succeeded;
    Endpoint bound{"0.0.0.0", 0};  ///< local address of the connection to the target; often all zero
    bool operator==(Reply const&) const = default;
};

/// Returns the bytes of a message. Precondition: no text is longer than 255 bytes.
std::string serialise(Greeting const& greeting);
std::string serialise(Method choice);
std::string serialise(Credentials const& credentials);
std::string serialise(Verdict verdict);
std::string serialise(Request const& request);
std::string serialise(Reply const& reply);

}  // namespace pathology::proxycore::socks5
