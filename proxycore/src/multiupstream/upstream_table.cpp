#include "multiupstream/upstream_table.hpp"

#include <algorithm>
#include <utility>

#include "multiupstream/hash_key.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

UpstreamStatistics describe(Upstream const& upstream, Counters const& counters, Load const& load, HealthReport health,
                            UpstreamTable::Time now) {
    UpstreamStatistics row{.name = upstream.name, .hops = tunnel::to_string(upstream.hops), .weight = upstream.weight};
    row.open = load.open;
    if (load.is_measured(now)) row.latency = load.latency;
    row.health = std::move(health);
    row.counters = counters;
    return row;
}

}  // namespace

ReloadReport UpstreamTable::replace(Configuration configuration) {
    auto const removed_before = removed_.size();
    auto known = take_all();
    std::unordered_multimap<std::string_view, Known*> by_name;
    for (auto& old : known) by_name.emplace(old.upstream.name, &old);

    ReloadReport report;
    for (auto const& upstream : configuration.upstreams) {
        auto const [first, last] = by_name.equal_range(upstream.name);
        auto const same = std::find_if(first, last, [&](auto const& entry) {
            return entry.second->is_removed && entry.second->upstream.hops == upstream.hops;
        });
        if (same == last) {
            add(upstream, State{UpstreamId(++last_id_), {}, {}}, {});
            report.added.push_back(upstream.name);
        } else {
            auto& old = *same->second;
            old.is_removed = false;
            add(upstream, std::move(old.state), old.load);
            ++report.kept;
        }
    }
    configuration_ = std::move(configuration);
    report.removed = keep_removed(known, removed_before);
    return report;
}

std::vector<std::string> UpstreamTable::keep_removed(std::span<Known> known, std::size_t removed_before) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < known.size(); ++i) {
        auto& old = known[i];
        if (!old.is_removed) continue;
        bool const is_new = i >= removed_before;
        if (is_new) names.push_back(old.upstream.name);
        if (is_new || old.load.open > 0) removed_.push_back(std::move(old));
    }
    return names;
}

std::vector<UpstreamTable::Known> UpstreamTable::take_all() {
    auto all = std::exchange(removed_, {});
    for (std::size_t position = 0; position < states_.size(); ++position)
        all.push_back({std::move(configuration_.upstreams[position]), std::move(states_[position]), loads_[position]});
    states_.clear();
    loads_.clear();
    name_hashes_.clear();
    is_available_.clear();
    positions_.clear();
    names_.clear();
    unavailable_ = 0;
    return all;
}

void UpstreamTable::add(Upstream const& upstream, State state, Load load) {
    positions_.emplace(state.id, states_.size());
    names_.emplace(upstream.name, states_.size());
    name_hashes_.push_back(stable_hash(upstream.name));
    bool const is_available = state.health.is_available();
    is_available_.push_back(is_available ? 1 : 0);
    unavailable_ += is_available ? 0U : 1U;
    states_.push_back(std::move(state));
    loads_.push_back(load);
}

std::optional<std::size_t> UpstreamTable::position_of(UpstreamId id) const {
    // Ids count from 1 in the order of the configuration, until one is replaced.
    auto const usual = static_cast<std::size_t>(id) - 1;
    if (usual < states_.size() && states_[usual].id == id) return usual;
    auto const at = positions_.find(id);
    return at == positions_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<UpstreamId> UpstreamTable::find(std::string_view name, std::span<tunnel::Hop const> hops) const {
    auto const is_it = [&](Upstream const& upstream) {
        return upstream.name == name && std::ranges::equal(upstream.hops, hops);
    };
    auto const present = names_.find(name);
    if (present != names_.end() && is_it(upstream(present->second))) return id(present->second);
    auto const at = std::ranges::find_if(removed_, is_it, &Known::upstream);
    return at == removed_.end() ? std::nullopt : std::optional(at->state.id);
}

UpstreamTable::Found UpstreamTable::find(UpstreamId id) {
    if (auto const position = position_of(id)) return {&states_[*position], &loads_[*position]};
    auto const at = std::ranges::find_if(removed_, [id](Known const& known) { return known.state.id == id; });
    return at == removed_.end() ? Found() : Found{&at->state, &at->load};
}

void UpstreamTable::open(UpstreamId id) {
    if (auto const found = find(id); found.load) ++found.load->open;
}

void UpstreamTable::release(UpstreamId id) {
    auto const found = find(id);
    if (found.load && found.load->open > 0) --found.load->open;
}

void UpstreamTable::measure(UpstreamId id, std::chrono::nanoseconds latency, Time now) {
    if (auto const found = find(id); found.load) found.load->measure(latency, now);
}

bool UpstreamTable::succeed(UpstreamId id) {
    auto const found = find(id);
    if (!found.state || found.state->health.is_flawless()) return false;
    bool const has_rested = !found.state->health.is_available();
    found.state->health.succeed();
    note_health(id);
    return has_rested;
}

bool UpstreamTable::fail(UpstreamId id, Failure const& failure, Time now, HealthSettings const& settings) {
    auto const found = find(id);
    if (!found.state) return false;
    if (!found.state->health.fail(failure.cause, failure.detail, now - failure.elapsed, now, settings)) return false;
    ++found.state->counters.rests;
    note_health(id);
    return true;
}

bool UpstreamTable::rest(UpstreamId id, Time until, Time now) {
    auto const found = find(id);
    bool const began = found.state && found.state->health.rest(until, now);
    note_health(id);
    return began;
}

void UpstreamTable::end_reported_rest(UpstreamId id) {
    if (auto const found = find(id); found.state) found.state->health.end_reported_rest();
    note_health(id);
}

void UpstreamTable::begin_probe(UpstreamId id, flow::Id const& client, Time now, HealthSettings const& settings) {
    if (auto const found = find(id); found.state) found.state->health.begin_probe(client, now, settings);
}

void UpstreamTable::abandon_probe(UpstreamId id, flow::Id const& client) {
    if (auto const found = find(id); found.state) found.state->health.abandon_probe(client);
}

Counters* UpstreamTable::counters(UpstreamId id) {
    auto const found = find(id);
    return found.state ? &found.state->counters : nullptr;
}

void UpstreamTable::note_health(UpstreamId id) {
    auto const position = position_of(id);
    if (!position) return;
    bool const was = is_available(*position), is = health(*position).is_available();
    is_available_[*position] = is ? 1 : 0;
    if (was && !is) ++unavailable_;
    if (!was && is) --unavailable_;
}

std::vector<UpstreamStatistics> UpstreamTable::statistics(Time now) const {
    std::vector<UpstreamStatistics> all;
    for (std::size_t position = 0; position < states_.size(); ++position)
        all.push_back(describe(upstream(position), states_[position].counters, loads_[position],
                               health(position).report(now), now));
    for (auto const& [upstream, state, load, is_removed] : removed_) {
        if (load.open == 0) continue;
        all.push_back(describe(upstream, state.counters, load, state.health.report(now), now));
        all.back().is_removed = true;
    }
    return all;
}

}  // namespace pathology::proxycore::multiupstream
