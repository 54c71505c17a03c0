#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <utility>

#include "multiupstream/balancer_state.hpp"
#include "multiupstream/hash_key.hpp"
#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

ExplainedCandidate describe(Upstream const& upstream, Load const& load, Balancer::Time now) {
    ExplainedCandidate candidate{.name = upstream.name, .hops = tunnel::to_string(upstream.hops)};
    candidate.weight = upstream.weight;
    candidate.open = load.open;
    if (load.is_measured(now)) candidate.latency = load.latency;
    return candidate;
}

}  // namespace

/// Builds the record of one attempt from copies of what the choice changes.
class Balancer::State::Explainer {
public:
    Explainer(State& state, State::Attempt const& attempt)
        : state_(state),
          attempt_(attempt),
          engine_(state.engine),
          matching_(
              state.candidates->preview(attempt.question.host, attempt.question.port, state.upstreams.configuration())),
          host_(host_form(attempt.question.host)) {}

    Decision decide() {
        auto const bound = state_.decide_by_affinity(attempt_);
        return bound ? *bound : state_.decide_by_rules(attempt_, matching_, engine_);
    }

    Explanation explain(Decision const& decision) {
        auto const& question = attempt_.question;
        Explanation record{.target = {std::string(question.host), question.port},
                           .is_websocket = question.is_websocket};
        record.reason = decision.reason;
        record.by_default = matching_.by_default;
        record.is_probe = decision.is_probe;
        record.policy = to_string(state_.settings.policy);
        if (state_.settings.policy.kind == Policy::Kind::hash)
            record.key = to_string(find_key(state_.settings.policy, question));
        record.affinity = affinity();
        if (decision) describe_choice(decision, record);
        describe_candidates(record);
        return record;
    }

private:
    /// As AffinityTable has it.
    std::string affinity() const {
        auto const& question = attempt_.question;
        if (question.host.size() > max_host) return {};
        if (!question.is_websocket) return "this client connection to " + to_string(Endpoint{host_, question.port});
        auto const client = question.client_address.empty() ? "the client" : std::string(question.client_address);
        return "WebSockets of " + client + " to " + host_;
    }

    void describe_choice(Decision const& decision, Explanation& record) {
        record.upstream = decision.upstream->name;
        record.hops = tunnel::to_string(decision.upstream->hops);
        record.rules = rules_of(*decision.upstream);
        std::vector<UpstreamId> without(attempt_.excluded.begin(), attempt_.excluded.end());
        without.push_back(*decision.id);
        State::Attempt const retry{attempt_.question, attempt_.now, without};
        if (auto const next = state_.decide_by_rules(retry, matching_, engine_)) record.next = next.upstream->name;
    }

    void describe_candidates(Explanation& record) const {
        if (!matching_.set) return;
        for (auto const position : matching_.set->positions) {
            auto const& upstream = state_.upstreams.upstream(position);
            auto candidate = describe(upstream, state_.upstreams.loads()[position], attempt_.now);
            candidate.rules = rules_of(upstream);
            candidate.health = state_.upstreams.health(position).report(attempt_.now);
            candidate.is_excluded = state_.is_excluded(attempt_, position);
            record.candidates.push_back(std::move(candidate));
        }
    }

    std::vector<Rule> rules_of(Upstream const& upstream) const {
        return matching_rules(upstream.rules, host_, attempt_.question.port, matching_.by_default);
    }

    State& state_;
    State::Attempt const& attempt_;
    std::mt19937_64 engine_;
    Candidates matching_;  // a copy
    std::string host_;
};

Explanation Balancer::explain(Decision const& decision, Question const& question, Time now,
                              std::span<UpstreamId const> excluded) const {
    State::Attempt const attempt{question, now, excluded};
    return State::Explainer(*state_, attempt).explain(decision);
}

Explanation Balancer::preview(Question const& question, Time now, std::span<UpstreamId const> excluded) const {
    State::Attempt const attempt{question, now, excluded};
    State::Explainer explainer(*state_, attempt);
    return explainer.explain(explainer.decide());
}

}  // namespace pathology::proxycore::multiupstream
