// Parses SOCKS5 messages.
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
    no_methods,        ///< a greeting without methods
    bad_address_type,  ///< neither IPv4 nor name nor IPv6
    bad_name,          ///< a request with an empty name, or one with bytes other than visible ASCII
};

/// Why the bytes are not a valid message: `the first byte is 71, not 5: is this HTTP?`
struct Failure : BasicFailure<Errc> {
    ReplyCode reply_hint = ReplyCode::general_failure;  ///< the reply of a server to a bad request
};

/// A message and its size in bytes.
template <class T> struct Message {
    T value;
    std::size_t size;
};

/// The message at the start of the bytes; std::nullopt if more bytes are needed; or a failure.
template <class T> using Outcome = boost::system::result<std::optional<Message<T>>, Failure>;

/// Parse one message at the start of `bytes`. No message is longer than `max_message_size`; an invalid one fails at its
/// first invalid byte. Reserved bytes are ignored.
Outcome<Greeting> read_greeting(std::string_view bytes);
Outcome<Method> read_method(std::string_view bytes);
Outcome<Credentials> read_credentials(std::string_view bytes);
Outcome<Verdict> read_verdict(std::string_view bytes);
Outcome<Request> read_request(std::string_view bytes);
Outcome<Reply> read_reply(std::string_view bytes);

/// The longest message: credentials of 255 bytes each.
inline constexpr std::size_t max_message_size = 513;

}  // namespace pathology::proxycore::socks5
