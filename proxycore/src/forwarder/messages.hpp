// The JSON of the backend: a proxy, the rules of the blacklist, an activity. doc/forwarder.md describes the members.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::forwarder {

enum class MessageErrc : std::uint8_t {
    bad_json = 1,  ///< not JSON, or of another shape
    not_working,   ///< a proxy with `"is_working": false`
    too_many,      ///< more rules than max_rules
};

/// Why a response of the backend cannot be used. The message has no bytes of the response.
using MessageFailure = BasicFailure<MessageErrc>;
template <class T> using MessageResult = boost::system::result<T, MessageFailure>;

/// The proxy that the backend chose for a request.
struct ChosenProxy {
    std::optional<std::int64_t> id{};
    tunnel::Hop via;
};

/// `{"id": 42, "ip": "192.0.2.7", "port": 3128, "address": "192.0.2.7:3128", "protocol": "http", "is_working": true}`
MessageResult<ChosenProxy> parse_proxy(std::string_view json);

/// A rule of the blacklist.
struct Rule {
    std::string id;       ///< for messages, "?" if the rule has none
    std::string pattern;  ///< a regular expression
};

inline constexpr std::size_t max_rules = 10'000;

struct RuleList {
    std::vector<Rule> rules{};
    std::size_t invalid = 0;  ///< items that are no objects with a text `pattern`
};

/// `[{"id": 1, "pattern": "^.*facebook\\.com.*$", …}]`
MessageResult<RuleList> parse_rules(std::string_view json);

/// One request, as the backend logs it.
struct Activity {
    std::optional<std::int64_t> user_id{};
    std::string url;
    std::string method;
    unsigned status = 0;
    std::optional<std::int64_t> proxy_id{};
    double timestamp = 0;  ///< seconds since the epoch, UTC
};

std::string to_json(Activity const& activity);

/// The user that a JSON Web Token names (RFC 7519), without verification: its integer claim `user_id`, otherwise its
/// integer claim `sub`. `authorization` is the value of the field, with the scheme.
std::optional<std::int64_t> user_id_of(std::string_view authorization);

}  // namespace pathology::proxycore::forwarder
