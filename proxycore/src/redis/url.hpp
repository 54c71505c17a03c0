// Where a Redis server is, and as which user.
//
//     url = "redis://" [ [ user ] ":" password "@" ] host [ ":" port ] [ "/" [ database ] ]
//
// User and password are percent-encoded. The default port is 6379, the default database 0.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::redis {

struct Url {
    Endpoint address{};
    std::string user{};  ///< empty = the default user of the server
    std::optional<std::string> password{};
    std::uint16_t database = 0;
    bool operator==(Url const&) const = default;
};

/// Why a text is no such URL. The message has no part of the text, which may have a password in any place.
struct UrlFailure {
    std::string message;
};

boost::system::result<Url, UrlFailure> parse_url(std::string_view text);

/// `redis://user:***@host:6379/0`
std::string to_string(Url const& url);

}  // namespace pathology::proxycore::redis
