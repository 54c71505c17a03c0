// How one of several matching upstreams is chosen, and the text that names it.
//
//     policy = "weighted" | "random" | "least_connections" | "latency" | "hash" ":" key *( "," key )
//     key    = "host" | "client" | "user" | "user:" PARAMETER | "header:" NAME | "cookie:" NAME
//
// Examples:
//
//     weighted                      in turn, by weight
//     hash:cookie:sid,client        by the cookie sid; by the address of the client if the request has none
//     hash:user:session             by x1 for the user bob-session-x1
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// What a hash is made of.
struct HashKey {
    enum class Source : std::uint8_t {
        host,       ///< the host of the target
        client,     ///< the address of the client, without its port
        user,       ///< the user that the client authenticated as
        parameter,  ///< a value within the user: `-NAME-value`, up to the next `-`
        header,     ///< the first field of that name in the request
        cookie,     ///< the first cookie of that name in the request
    };
    Source source = Source::client;
    std::string name{};  ///< of the parameter, header or cookie
    bool operator==(HashKey const&) const = default;
};

/// `cookie:sid`, as in the grammar.
std::string to_string(HashKey const& key);

struct Policy {
    enum class Kind : std::uint8_t {
        weighted,           ///< smooth weighted round robin: each gains its weight, the largest sum wins and loses all
        random,             ///< by weight
        least_connections,  ///< the smallest number of open uses for its weight
        latency,            ///< the smallest latency × (open uses + 1) for its weight; an unmeasured one first
        hash,               ///< weighted rendezvous: one key goes to one upstream as long as that is available
    };
    Kind kind = Kind::weighted;
    /// Of `hash`: the first that is present and not empty counts, and behind them all the address of the client.
    std::vector<HashKey> keys{};
    bool operator==(Policy const&) const = default;
};

enum class PolicyErrc : std::uint8_t {
    unknown_policy = 1,  ///< no policy has that name
    unknown_key,         ///< none of the keys above
    missing_key,         ///< a hash without a key
    bad_name,            ///< a name is missing, not allowed, or has bytes that it cannot have
};

struct PolicyFailure : BasicFailure<PolicyErrc> {
    Span span{};  ///< the invalid bytes of the text
};

/// Parses the grammar above; names of policies and keys in lower case.
/// Errors: `expected a policy: weighted, random, …`.
boost::system::result<Policy, PolicyFailure> parse_policy(std::string_view text);

/// parse_policy() of it returns the same policy.
std::string to_string(Policy const& policy);

}  // namespace pathology::proxycore::multiupstream
