#include "multiupstream/balancer_state.hpp"

#include <algorithm>
#include <utility>

#include "multiupstream/hash_key.hpp"
#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {

Decision Balancer::State::decide(Attempt const& attempt) {
    auto const bound = decide_by_affinity(attempt);
    return bound ? *bound : decide_by_rules(attempt, find_candidates(attempt.question), engine);
}

std::optional<Decision> Balancer::State::decide_by_affinity(Attempt const& attempt) const {
    auto const& question = attempt.question;
    auto const decision = [&](std::optional<UpstreamId> id, Reason reason) -> std::optional<Decision> {
        auto const position = id ? upstreams.position_of(*id) : std::nullopt;
        if (!position || is_excluded(attempt, *position)) return std::nullopt;
        if (upstreams.health(*position).state(attempt.now) == HealthState::resting) return std::nullopt;
        return decision_of(*position, reason, attempt.now);
    };
    if (question.is_websocket) {
        auto const shared = decision(affinities.find_websocket(question), Reason::websocket_affinity);
        if (shared) return shared;
    }
    auto const own = decision(affinities.find(question), Reason::affinity);
    if (attempt.agreed == nullptr || (own && !question.is_websocket)) return own;
    auto agreed = decision(attempt.agreed->id, attempt.agreed->reason);
    if (agreed) agreed->by_default = attempt.agreed->by_default;
    return agreed ? agreed : own;
}

Decision Balancer::State::decide_by_rules(Attempt const& attempt, Candidates const& matching,
                                          std::mt19937_64& its_engine) {
    Decision none;
    none.by_default = matching.by_default;
    if (!matching.set) return none;
    auto& set = *matching.set;
    auto const found = mark_usable(attempt, set);
    if (found.usable == 0) {
        none.reason = found.excluded == set.positions.size() ? Reason::all_excluded : Reason::all_rest;
        return none;
    }
    bool const is_only = found.usable == 1;
    auto const member = is_only ? only_usable() : choose_among(attempt, set, usable_, its_engine);
    auto decision = decision_of(set.positions[member], is_only ? Reason::only_candidate : Reason::policy, attempt.now);
    decision.by_default = matching.by_default;
    return decision;
}

Decision Balancer::State::decision_of(std::size_t position, Reason reason, Time now) const {
    Decision decision{upstreams.id(position), &upstreams.upstream(position), reason};
    decision.is_probe = upstreams.health(position).state(now) == HealthState::due;
    return decision;
}

bool Balancer::State::is_excluded(Attempt const& attempt, std::size_t position) const {
    return std::ranges::find(attempt.excluded, upstreams.id(position)) != attempt.excluded.end();
}

Balancer::State::Availability Balancer::State::mark_usable(Attempt const& attempt, CandidateSet const& set) {
    usable_.clear();  // empty: all are
    if (upstreams.are_all_available() && attempt.excluded.empty()) return {set.positions.size(), 0};
    Availability found;
    std::size_t probed = 0;
    auto const size = found.usable = set.positions.size();
    usable_.assign(size, static_cast<std::uint8_t>(Use::yes));
    bool const excludes = !attempt.excluded.empty();
    for (std::size_t member = 0; member < size; ++member) {
        auto const position = set.positions[member];
        if (!excludes && upstreams.is_available(position)) continue;  // nearly all of them
        auto const use = use_of(attempt, position);
        found.excluded += use == Use::excluded ? 1U : 0U;
        probed += use == Use::if_nothing_else ? 1U : 0U;
        found.usable -= use == Use::yes ? 0U : 1U;
        usable_[member] = use == Use::yes || use == Use::if_nothing_else ? static_cast<std::uint8_t>(use) : 0;
    }
    if (found.usable == 0) {
        found.usable = probed;
    } else if (probed > 0) {
        std::ranges::replace(usable_, static_cast<std::uint8_t>(Use::if_nothing_else), 0);
    }
    return found;
}

Balancer::State::Use Balancer::State::use_of(Attempt const& attempt, std::size_t position) const {
    if (!attempt.excluded.empty() && is_excluded(attempt, position)) return Use::excluded;
    if (upstreams.is_available(position)) return Use::yes;
    auto const state = upstreams.health(position).state(attempt.now);
    if (state == HealthState::resting) return Use::no;
    return state == HealthState::probing ? Use::if_nothing_else : Use::yes;
}

std::size_t Balancer::State::only_usable() const {
    auto const first = std::ranges::find_if(usable_, [](std::uint8_t mark) { return mark != 0; });
    return usable_.empty() ? 0 : static_cast<std::size_t>(first - usable_.begin());
}

std::size_t Balancer::State::choose_among(Attempt const& attempt, CandidateSet& set, Usable usable,
                                          std::mt19937_64& its_engine) const {
    Circumstances circumstances{upstreams.loads(), upstreams.name_hashes(), 0, attempt.now};
    if (settings.policy.kind == Policy::Kind::hash)
        circumstances.key = stable_hash(find_key(settings.policy, attempt.question).value);
    return choose_member(settings.policy.kind, set, usable, circumstances, its_engine);
}

void Balancer::State::commit(Decision const& decision, Question const& question, Time now) {
    auto const id = *decision.id;
    ++upstreams.counters(id)->chosen;
    if (decision.is_probe) upstreams.begin_probe(id, question.client, now, settings.health);
    // A client can send any host: for what is too long for a name nothing is kept.
    if (question.client == flow::Id{} || question.host.size() > max_host) return;
    if (question.is_websocket) {
        // What others use cannot be used now, if they use any: from now on it is this one.
        if (decision.reason != Reason::websocket_affinity) affinities.forget_websockets(question);
        affinities.hold_websocket(question, id);
    } else if (decision.reason != Reason::affinity) {
        affinities.keep(question, id);
    }
}

bool Balancer::State::fail(UpstreamId id, Failure const& failure, Time now) {
    bool const rests = upstreams.fail(id, failure, now, settings.health);
    if (rests) affinities.forget_upstream(id);
    return rests;
}

}  // namespace pathology::proxycore::multiupstream
