// SOCKS5 messages out of bytes.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/socks5/message.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::socks5 {

enum class Errc {
    bad_version = 1,   ///< the first byte is not 5 (in credentials and their verdict: not 1)
    no_methods,        ///< a greeting that offers nothing
    bad_address_type,  ///< neither IPv4 nor name nor IPv6
    bad_name,          ///< a request for an empty name, or one with bytes that are no visible ASCII
};

/// Why the bytes are no such message; what arrived first says enough.
struct Failure : BasicFailure<Errc> {
    ReplyCode reply_hint = ReplyCode::general_failure;  ///< what a server answers to a bad request
};

/// A message and the number of bytes it took.
template <class T> struct Message {
    T value;
    std::size_t size;
};

/// The message that the bytes begin with; nothing = more are needed; or why there is none.
template <class T> using Outcome = boost::system::result<std::optional<Message<T>>, Failure>;

/// Read one message from the begin of `bytes`. No message is longer than `most_bytes`; a bad one is refused as soon as
/// its first bad byte is there. Reserved bytes are ignored.
Outcome<Greeting> read_greeting(std::string_view bytes);
Outcome<Method> read_method(std::string_view bytes);
Outcome<Credentials> read_credentials(std::string_view bytes);
Outcome<Verdict> read_verdict(std::string_view bytes);
Outcome<Request> read_request(std::string_view bytes);
Outcome<Reply> read_reply(std::string_view bytes);

/// The longest message: credentials of 255 bytes each.
inline constexpr std::size_t most_bytes = 513;

}  // namespace pathology::proxycore::socks5
