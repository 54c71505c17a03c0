#include "multiupstream/selection.hpp"

#include <algorithm>
#include <boost/random/uniform_int_distribution.hpp>
#include <limits>

namespace pathology::proxycore::multiupstream {
namespace {

/// The weighted round robin among the members for which `may` is true; at least one.
template <class May> std::size_t take_turn(CandidateSet& set, May may) {
    auto* const gains = set.gains.data();
    auto const* const weights = set.weights.data();
    auto const size = set.positions.size();
    std::int64_t total = 0, best_gain = std::numeric_limits<std::int64_t>::min();
    auto best = size;
    for (std::size_t member = 0; member < size; ++member) {
        if (!may(member)) continue;
        auto const gain = gains[member] += weights[member];
        total += weights[member];
        if (gain <= best_gain) continue;
        best_gain = gain;
        best = member;
    }
    gains[best] -= total;
    return best;
}

auto is_in(Usable usable) {
    return [usable](std::size_t member) { return usable[member] != 0; };
}
constexpr auto is_any = [](std::size_t) { return true; };

std::uint64_t draw_below(std::uint64_t bound, std::mt19937_64& engine) {
    return boost::random::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine);
}

template <class May> std::uint64_t sum_of_weights(CandidateSet const& set, May may) {
    std::uint64_t sum = 0;
    for (std::size_t member = 0; member < set.weights.size(); ++member)
        if (may(member)) sum += set.weights[member];
    return sum;
}

/// Open uses for a weight, compared as whole numbers.
struct Share {
    std::uint64_t open = 1, weight = 0;  // more than any other

    bool is_less(Share other) const { return open * other.weight < other.open * weight; }
};

template <class May> std::size_t fewest_in_turn(CandidateSet& set, std::span<Load const> loads, May may) {
    auto const share_of = [&](std::size_t member) {
        return Share{loads[set.positions[member]].open, set.weights[member]};
    };
    Share fewest;
    for (std::size_t member = 0; member < set.positions.size(); ++member) {
        if (!may(member)) continue;
        auto const share = share_of(member);
        if (share.is_less(fewest)) fewest = share;
    }
    if (fewest.open == 0)
        return take_turn(set,
                         [&](std::size_t member) { return may(member) && loads[set.positions[member]].open == 0; });
    return take_turn(set, [&](std::size_t member) { return may(member) && !fewest.is_less(share_of(member)); });
}

double cost_of(Load const& load, std::uint32_t weight, std::chrono::steady_clock::time_point now) {
    constexpr double unmeasured = 1e9;  // ns, while its first use is open
    auto const uses = static_cast<double>(load.open) + 1;
    if (load.is_measured(now)) return static_cast<double>(load.latency.count()) * uses / weight;
    return load.open == 0 ? -1 : unmeasured * uses / weight;
}

template <class May> std::size_t cheapest_in_turn(CandidateSet& set, Circumstances const& circumstances, May may) {
    constexpr auto unusable = std::numeric_limits<double>::infinity();
    auto* const costs = set.costs.data();
    auto lowest = unusable;
    for (std::size_t member = 0; member < set.positions.size(); ++member) {
        auto const& load = circumstances.loads[set.positions[member]];
        costs[member] = may(member) ? cost_of(load, set.weights[member], circumstances.now) : unusable;
        lowest = std::min(lowest, costs[member]);
    }
    return take_turn(set, [&](std::size_t member) { return costs[member] == lowest; });
}

}  // namespace

std::size_t choose_weighted(CandidateSet& set, Usable usable) {
    return usable.empty() ? take_turn(set, is_any) : take_turn(set, is_in(usable));
}

std::size_t choose_random(CandidateSet const& set, Usable usable, std::mt19937_64& engine) {
    if (usable.empty()) {
        auto const drawn = draw_below(set.weight_sums.back(), engine);
        return static_cast<std::size_t>(std::ranges::upper_bound(set.weight_sums, drawn) - set.weight_sums.begin());
    }
    auto left = draw_below(sum_of_weights(set, is_in(usable)), engine);
    std::size_t member = 0;
    while (usable[member] == 0 || left >= set.weights[member]) {
        if (usable[member] != 0) left -= set.weights[member];
        ++member;
    }
    return member;
}

std::size_t choose_least_connections(CandidateSet& set, Usable usable, std::span<Load const> loads) {
    return usable.empty() ? fewest_in_turn(set, loads, is_any) : fewest_in_turn(set, loads, is_in(usable));
}

std::size_t choose_by_latency(CandidateSet& set, Usable usable, Circumstances const& circumstances) {
    return usable.empty() ? cheapest_in_turn(set, circumstances, is_any)
                          : cheapest_in_turn(set, circumstances, is_in(usable));
}

std::size_t choose_member(Policy::Kind policy, CandidateSet& set, Usable usable, Circumstances const& circumstances,
                          std::mt19937_64& engine) {
    switch (policy) {
        case Policy::Kind::weighted: break;
        case Policy::Kind::random: return choose_random(set, usable, engine);
        case Policy::Kind::least_connections: return choose_least_connections(set, usable, circumstances.loads);
        case Policy::Kind::latency: return choose_by_latency(set, usable, circumstances);
        case Policy::Kind::hash: return choose_by_hash(set, usable, circumstances);
    }
    return choose_weighted(set, usable);
}

}  // namespace pathology::proxycore::multiupstream
