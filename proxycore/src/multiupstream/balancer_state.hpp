// What a Balancer consists of, and the choice itself, which the preview makes with copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "multiupstream/affinity.hpp"
#include "multiupstream/candidates.hpp"
#include "multiupstream/selection.hpp"
#include "multiupstream/upstream_table.hpp"

namespace pathology::proxycore::multiupstream {

class Balancer::State {
public:
    State(Configuration configuration, BalancerSettings its_settings)
        : settings(std::move(its_settings)),
          upstreams(std::move(configuration)),
          candidates(std::in_place, upstreams.configuration()),
          engine(settings.seed) {}

    /// A question with the upstreams that are left out.
    struct Attempt {
        Question const& question;
        Time now;
        std::span<UpstreamId const> excluded;
        Agreement const* agreed = nullptr;
    };

    /// By affinity, else by the rules. Changes nothing but a candidate set and the engine.
    Decision decide(Attempt const& attempt);
    /// What the client has been using, or what was agreed on, if that can be used now.
    std::optional<Decision> decide_by_affinity(Attempt const& attempt) const;
    /// Chooses among the candidates. Changes nothing but their set and the engine.
    Decision decide_by_rules(Attempt const& attempt, Candidates const& matching, std::mt19937_64& its_engine);
    /// Counts the decision, begins a probe, and remembers the choice.
    void commit(Decision const& decision, Question const& question, Time now);
    /// Returns whether a rest began.
    bool fail(UpstreamId id, Failure const& failure, Time now);

    /// Of the configuration of now.
    Candidates const& find_candidates(Question const& question) {
        return candidates->find(question.host, question.port, upstreams.configuration());
    }

    class Explainer;

    BalancerSettings settings;
    UpstreamTable upstreams;
    std::optional<CandidateCache> candidates;  // always there
    AffinityTable affinities;
    std::mt19937_64 engine;
    std::uint64_t unmatched = 0, unavailable = 0;

    bool is_excluded(Attempt const& attempt, std::size_t position) const;

private:
    enum class Use : std::uint8_t { no, yes, if_nothing_else, excluded };
    /// How many members may be chosen, and how many were left out.
    struct Availability {
        std::size_t usable = 0, excluded = 0;
    };

    Decision decision_of(std::size_t position, Reason reason, Time now) const;
    Use use_of(Attempt const& attempt, std::size_t position) const;
    Availability mark_usable(Attempt const& attempt, CandidateSet const& set);
    std::size_t only_usable() const;
    std::size_t choose_among(Attempt const& attempt, CandidateSet& set, Usable usable,
                             std::mt19937_64& its_engine) const;

    std::vector<std::uint8_t> usable_;  // kept for its memory
};

}  // namespace pathology::proxycore::multiupstream
