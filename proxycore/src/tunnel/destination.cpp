#include <pathology/proxycore/tunnel/destination.hpp>

#include <boost/beast/core/detail/base64.hpp>

namespace pathology::proxycore::tunnel {

std::string to_string(Destination const& destination) {
    auto const& host = destination.host;
    bool const is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(destination.port);
}

// RFC 7617 §2: user-pass = user-id ":" password, in base64.
std::string to_basic(Credentials const& credentials) {
    namespace codec = boost::beast::detail::base64;  // Boost 1.81 has no public one
    auto const pair = credentials.user + ":" + credentials.password;
    std::string text(codec::encoded_size(pair.size()), '\0');
    text.resize(codec::encode(text.data(), pair.data(), pair.size()));
    return "Basic " + text;
}

}  // namespace pathology::proxycore::tunnel
