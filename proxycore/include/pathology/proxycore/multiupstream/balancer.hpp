// The decisions of multi-upstream mode, without any I/O: which upstream a request gets, and what its result means for
// the next ones.
//
//     choose() ─▶ opened() ─┬─▶ connected() ─┬─▶ released() [─▶ websocket_opened() ─▶ websocket_closed()]
//                           └─▶ failed() ────┘
//
// 1. The upstream that the client has been using: of a WebSocket by the client's address and the host, else by the
//    client connection, host and port.
// 2. The upstreams with a host or port rule that matches; without any, those with a default rule.
// 3. Of these the ones that are available; of several the one that the policy chooses.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <pathology/proxycore/multiupstream/decision.hpp>
#include <pathology/proxycore/multiupstream/explanation.hpp>
#include <pathology/proxycore/multiupstream/health.hpp>
#include <pathology/proxycore/multiupstream/policy.hpp>
#include <pathology/proxycore/multiupstream/question.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::multiupstream {

struct BalancerSettings {
    Policy policy{};
    HealthSettings health{};
    std::uint64_t seed = 0;  ///< of the policy `random`
};

/// An attempt that failed.
struct Failure {
    Cause cause = Cause::other;
    std::string_view detail{};           ///< a sentence for people; the first 200 bytes are kept
    std::chrono::nanoseconds elapsed{};  ///< since the attempt began
};

/// What a new configuration changed, for the log.
struct ReloadReport {
    std::size_t kept = 0;              ///< with the same name and hops; health, counters and affinities stay
    std::vector<std::string> added{};  ///< names, also of those whose hops changed
    std::vector<std::string> removed{};
};

/// Chooses upstreams and keeps their health, their counters, and what clients have been using.
///
/// Time:   passed in, and never goes back.
/// Cost:   choose() takes time in proportion to the number of candidates; a target that was not seen before also in
///         proportion to the number of patterns with a `*` that does not stand for the beginning of a name.
/// Bounds: an affinity ends with its client connection or its last WebSocket; a client connection has up to 100 of them.
/// Errors: none. Events of an upstream that is not known any more change nothing.
/// Thread: one at a time.
class Balancer {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Balancer(Configuration configuration, BalancerSettings settings = {});
    Balancer(Balancer&&) noexcept;
    Balancer& operator=(Balancer&&) noexcept;
    ~Balancer();

    /// Chooses and counts, and remembers the choice for the client. `excluded` are the upstreams of earlier attempts for
    /// the same question. What was `agreed` on is chosen if it can be used; an affinity of the client has precedence.
    Decision choose(Question const& question, Time now, std::span<UpstreamId const> excluded = {},
                    std::optional<Agreement> const& agreed = std::nullopt);
    /// The same choice, but the client is not bound to it, nothing is counted, and no probe begins. Later choices are as
    /// if it had been made.
    Decision propose(Question const& question, Time now, std::span<UpstreamId const> excluded = {});
    /// Whether choose() would return what the client has been using: of a WebSocket by its address, else by its
    /// connection.
    bool has_affinity(Question const& question, Time now, std::span<UpstreamId const> excluded = {}) const;

    // --- events ------------------------------------------------------------------------------------------------------

    /// A request or connection uses the upstream; each one is followed by one released().
    void opened(UpstreamId id);
    void released(UpstreamId id, Question const& question);
    /// A new connection through the upstream is open. Ends its rest.
    void connected(UpstreamId id, std::chrono::nanoseconds latency, Time now);
    /// A request succeeded, over a connection that was open before. Ends its rest.
    void succeeded(UpstreamId id);
    /// Drops what the client of the question has been using, if it is this one. If the upstream begins to rest, no client
    /// is bound to it any more.
    void failed(UpstreamId id, Question const& question, Failure const& failure, Time now);
    /// After failed(): choose() is called for the same question again.
    void retried(UpstreamId id);
    /// A WebSocket is open; it counts as an open use.
    void websocket_opened(UpstreamId id, Question const& question);
    void websocket_closed(UpstreamId id, Question const& question);
    /// Not called before the last choose() and websocket_opened() of the client connection.
    void client_gone(flow::Id const& client);

    /// The result of an active check. A success ends the rest and measures the latency. Returns whether a rest ended.
    bool check_succeeded(UpstreamId id, std::chrono::nanoseconds latency, Time now);
    /// A failure counts as that of a request does: see failures_before_rest() and is_response(). Returns whether a rest
    /// began.
    bool check_failed(UpstreamId id, Failure const& failure, Time now);

    /// Another proxy reports a rest. A longer one of this proxy stays, and so does a probe. If the upstream begins to
    /// rest, no client is bound to it any more.
    void rest(UpstreamId id, Time until, Time now);
    /// Ends a rest that was only reported.
    void end_reported_rest(UpstreamId id);
    /// Available for an id that is not known any more.
    HealthReport health(UpstreamId id, Time now) const;

    // --- configuration -----------------------------------------------------------------------------------------------

    /// Replaces the configuration. Affinities to upstreams that are kept stay, whatever their rules are now.
    ReloadReport reload(Configuration configuration);
    Configuration const& configuration() const;
    /// The id of an upstream by what the configuration has, also if it was removed by the last reload() or is in use.
    std::optional<UpstreamId> find(std::string_view name, std::span<tunnel::Hop const> hops) const;
    /// All ids, in the order of the configuration: for active checks.
    std::vector<UpstreamId> ids() const;
    /// nullptr for one that is not in the configuration. Valid until the next reload().
    Upstream const* upstream(UpstreamId id) const;

    // --- explanations ------------------------------------------------------------------------------------------------

    /// How a decision of choose() came about. To be called at once: the candidates are described as they are now.
    Explanation explain(Decision const& decision, Question const& question, Time now,
                        std::span<UpstreamId const> excluded = {}) const;
    /// What choose() would return, and why. Changes nothing.
    Explanation preview(Question const& question, Time now, std::span<UpstreamId const> excluded = {}) const;
    Statistics statistics(Time now) const;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::multiupstream
