// What was chosen.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string_view>

namespace pathology::proxycore::multiupstream {

/// Names an upstream of one Balancer for all events. A reload keeps it if name and hops are unchanged.
enum class UpstreamId : std::uint64_t {};

/// How a decision came about.
enum class Reason : std::uint8_t {
    policy,              ///< the policy chose among several
    only_candidate,      ///< no other matches, or none of the others is available
    affinity,            ///< the client connection has used it for this host and port
    websocket_affinity,  ///< a WebSocket of the client's address to this host uses it
    shared_affinity,     ///< the client's address has used it for this target, maybe through another proxy
    no_rule,             ///< none: no rule matches
    all_excluded,        ///< none: all candidates were excluded
    all_rest,            ///< none: all candidates rest, or all that were not excluded
};

/// "policy", "only candidate", …
std::string_view to_string(Reason reason);

/// What several proxies agreed on before one of them chooses.
struct Agreement {
    UpstreamId id{};
    Reason reason = Reason::shared_affinity;
    bool by_default = false;  ///< as in Decision
};

/// An upstream, or none.
struct Decision {
    std::optional<UpstreamId> id{};
    Upstream const* upstream = nullptr;  ///< valid until the next reload(); nullptr = none
    Reason reason = Reason::no_rule;
    bool by_default = false;  ///< the candidates have a default rule, and no specific rule matched
    bool is_probe = false;    ///< it failed before; the result of this use decides whether it rests again

    explicit operator bool() const { return id.has_value(); }
    /// Whether the client has used it before, so that a failure is not to be repeated elsewhere.
    bool by_affinity() const {
        return reason == Reason::affinity || reason == Reason::websocket_affinity || reason == Reason::shared_affinity;
    }
};

}  // namespace pathology::proxycore::multiupstream
