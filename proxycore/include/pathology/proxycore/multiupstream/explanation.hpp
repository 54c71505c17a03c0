// Why a target got an upstream, or none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <pathology/proxycore/multiupstream/decision.hpp>
#include <pathology/proxycore/multiupstream/health.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// An upstream that matches.
struct ExplainedCandidate {
    std::string name;
    std::string hops;  ///< with `***` in place of passwords
    std::uint32_t weight = 1;
    std::vector<Rule> rules{};  ///< those that match
    HealthReport health{};
    std::uint32_t open = 0;                             ///< uses
    std::optional<std::chrono::nanoseconds> latency{};  ///< if it was measured lately
    bool is_excluded = false;                           ///< an earlier attempt for this question failed
};

/// A complete record of a decision. It has no credentials, and may be kept.
struct Explanation {
    Endpoint target{};
    bool is_websocket = false;
    std::string upstream{};     ///< the name of what was chosen; empty = none
    std::string hops{};         ///< of what was chosen
    std::vector<Rule> rules{};  ///< of what was chosen: those that match; none if an affinity outlives its rule
    Reason reason = Reason::no_rule;
    bool by_default = false;
    bool is_probe = false;
    std::string policy{};
    std::string key{};  ///< of the policy hash: `user:session=x1`; the values of fields and cookies as `***`
    /// What is bound to the same upstream: `this client connection to example.com:443`, or `WebSockets of 10.0.0.1 to
    /// example.com`; empty if nothing is, for a host that is too long for a name.
    std::string affinity{};
    std::vector<ExplainedCandidate> candidates{};  ///< in the order of the configuration
    std::string next{};  ///< who would get the same question if what was chosen failed; empty = none
};

/// One line for a log, without its end:
///
///     example.com:443 -> a (http://user:***@a.test:80): rule host_pattern *.com, weighted among 2
///     example.com:443 -> none: all 2 candidates rest: a (for 1s after 1 failure: refused), b (…)
///     example.com:443 -> none: no upstream proxy matches
std::string to_line(Explanation const& explanation);
/// Several lines for people, the last one without its end.
std::string to_text(Explanation const& explanation);
/// One JSON object without a line break; times in seconds.
std::string to_json(Explanation const& explanation);

/// For the client, without addresses of upstreams: `no upstream proxy matches example.com:443`. Empty if one was chosen.
std::string refusal_of(Explanation const& explanation);

}  // namespace pathology::proxycore::multiupstream
