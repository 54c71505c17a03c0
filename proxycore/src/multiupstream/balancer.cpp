#include <array>
#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <utility>

#include "multiupstream/balancer_state.hpp"

namespace pathology::proxycore::multiupstream {

std::string_view to_string(Reason reason) {
    static constexpr std::array<std::string_view, 8> names{
        "policy",          "only candidate", "affinity of the client", "affinity of WebSockets",
        "shared affinity", "no rule",        "all excluded",           "all rest"};
    return names[static_cast<std::size_t>(reason)];
}

Balancer::Balancer(Configuration configuration, BalancerSettings settings)
    : state_(std::make_unique<State>(std::move(configuration), std::move(settings))) {}
Balancer::Balancer(Balancer&&) noexcept = default;
Balancer& Balancer::operator=(Balancer&&) noexcept = default;
Balancer::~Balancer() = default;

Decision Balancer::choose(Question const& question, Time now, std::span<UpstreamId const> excluded,
                          std::optional<Agreement> const& agreed) {
    auto const decision = state_->decide({question, now, excluded, agreed ? &*agreed : nullptr});
    if (decision) {
        state_->commit(decision, question, now);
    } else {
        ++(decision.reason == Reason::no_rule ? state_->unmatched : state_->unavailable);
    }
    return decision;
}

Decision Balancer::propose(Question const& question, Time now, std::span<UpstreamId const> excluded) {
    return state_->decide({question, now, excluded});
}

bool Balancer::has_affinity(Question const& question, Time now, std::span<UpstreamId const> excluded) const {
    auto const decision = state_->decide_by_affinity({question, now, excluded});
    return decision && (!question.is_websocket || decision->reason == Reason::websocket_affinity);
}

void Balancer::opened(UpstreamId id) { state_->upstreams.open(id); }

void Balancer::released(UpstreamId id, Question const& question) {
    state_->upstreams.release(id);
    state_->upstreams.abandon_probe(id, question.client);
    if (question.is_websocket) state_->affinities.release_websocket(question, id);
}

void Balancer::connected(UpstreamId id, std::chrono::nanoseconds latency, Time now) {
    state_->upstreams.succeed(id);
    state_->upstreams.measure(id, latency, now);
    if (auto* const counters = state_->upstreams.counters(id)) counters->latency.add(latency);
}

void Balancer::succeeded(UpstreamId id) { state_->upstreams.succeed(id); }

void Balancer::failed(UpstreamId id, Question const& question, Failure const& failure, Time now) {
    if (auto* const counters = state_->upstreams.counters(id))
        ++counters->failed[static_cast<std::size_t>(failure.cause)];
    if (is_response(failure.cause)) state_->upstreams.succeed(id);
    state_->fail(id, failure, now);
    state_->affinities.forget(question, id);
}

void Balancer::retried(UpstreamId id) {
    if (auto* const counters = state_->upstreams.counters(id)) ++counters->retried;
}

void Balancer::websocket_opened(UpstreamId id, Question const& question) {
    state_->upstreams.open(id);
    if (state_->upstreams.position_of(id)) state_->affinities.hold_websocket(question, id);
}

void Balancer::websocket_closed(UpstreamId id, Question const& question) {
    state_->upstreams.release(id);
    state_->affinities.release_websocket(question, id);
}

void Balancer::client_gone(flow::Id const& client) { state_->affinities.forget_client(client); }

bool Balancer::check_succeeded(UpstreamId id, std::chrono::nanoseconds latency, Time now) {
    if (auto* const counters = state_->upstreams.counters(id)) ++counters->checks;
    state_->upstreams.measure(id, latency, now);
    return state_->upstreams.succeed(id);
}

bool Balancer::check_failed(UpstreamId id, Failure const& failure, Time now) {
    if (auto* const counters = state_->upstreams.counters(id)) {
        ++counters->checks;
        ++counters->checks_failed;
    }
    if (is_response(failure.cause)) state_->upstreams.succeed(id);
    return state_->fail(id, failure, now);
}

void Balancer::rest(UpstreamId id, Time until, Time now) {
    if (state_->upstreams.rest(id, until, now)) state_->affinities.forget_upstream(id);
}

void Balancer::end_reported_rest(UpstreamId id) { state_->upstreams.end_reported_rest(id); }

HealthReport Balancer::health(UpstreamId id, Time now) const {
    auto const position = state_->upstreams.position_of(id);
    return position ? state_->upstreams.health(*position).report(now) : HealthReport();
}

ReloadReport Balancer::reload(Configuration configuration) {
    auto report = state_->upstreams.replace(std::move(configuration));
    state_->candidates.emplace(state_->upstreams.configuration());
    auto const is_gone = [&](UpstreamId id) { return !state_->upstreams.position_of(id); };
    if (!report.removed.empty()) state_->affinities.forget_upstreams(is_gone);
    return report;
}

Configuration const& Balancer::configuration() const { return state_->upstreams.configuration(); }

std::optional<UpstreamId> Balancer::find(std::string_view name, std::span<tunnel::Hop const> hops) const {
    return state_->upstreams.find(name, hops);
}

std::vector<UpstreamId> Balancer::ids() const {
    std::vector<UpstreamId> all;
    for (std::size_t position = 0; position < configuration().upstreams.size(); ++position)
        all.push_back(state_->upstreams.id(position));
    return all;
}

Upstream const* Balancer::upstream(UpstreamId id) const {
    auto const position = state_->upstreams.position_of(id);
    return position ? &state_->upstreams.upstream(*position) : nullptr;
}

Statistics Balancer::statistics(Time now) const {
    auto const& affinities = state_->affinities;
    return {.upstreams = state_->upstreams.statistics(now),
            .unmatched = state_->unmatched,
            .unavailable = state_->unavailable,
            .affinities = affinities.hosts(),
            .websocket_affinities = affinities.websockets(),
            .clients = affinities.clients()};
}

}  // namespace pathology::proxycore::multiupstream
