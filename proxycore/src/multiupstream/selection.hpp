// The policies: which member of a candidate set is chosen.
//
// Each returns the index of a member, and looks at each member at most a few times. `Usable` says which members may be
// chosen; at least one may.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <pathology/proxycore/multiupstream/policy.hpp>
#include <random>
#include <span>

#include "multiupstream/candidates.hpp"
#include "multiupstream/upstream_load.hpp"

namespace pathology::proxycore::multiupstream {

/// A byte for each member, which is 0 if it must not be chosen; empty: all may be.
using Usable = std::span<std::uint8_t const>;

/// What the policies read besides the set. The spans have one element for each upstream of the configuration.
struct Circumstances {
    std::span<Load const> loads;
    std::span<std::uint64_t const> name_hashes;
    std::uint64_t key = 0;  ///< the hash of the key; of the policy hash only
    std::chrono::steady_clock::time_point now{};
};

/// Each usable member gains its weight; the one with the largest sum, of equals the first, is chosen and loses what all
/// have gained. The others keep their sums.
std::size_t choose_weighted(CandidateSet& set, Usable usable);
/// With a probability that is proportional to the weight.
std::size_t choose_random(CandidateSet const& set, Usable usable, std::mt19937_64& engine);
/// The fewest open uses for its weight; equals in turn, by weight.
std::size_t choose_least_connections(CandidateSet& set, Usable usable, std::span<Load const> loads);
/// The smallest latency × (open + 1) / weight, in which an unmeasured latency is 0 for the first use and 1 s for more
/// uses at a time; equals in turn, by weight.
std::size_t choose_by_latency(CandidateSet& set, Usable usable, Circumstances const& circumstances);
/// Weighted rendezvous hashing: the largest -weight / ln(u), where u in (0, 1) is made of the key and the member's name.
/// If a member is left out, only its keys move; if it returns, they return.
std::size_t choose_by_hash(CandidateSet const& set, Usable usable, Circumstances const& circumstances);

/// By the policy.
std::size_t choose_member(Policy::Kind policy, CandidateSet& set, Usable usable, Circumstances const& circumstances,
                          std::mt19937_64& engine);

}  // namespace pathology::proxycore::multiupstream
