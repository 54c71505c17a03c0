// Weighted rendezvous hashing (Schindelhauer and Schomaker, 2005). The logarithm costs more than the rest, and hardly any
// member needs it: as -ln(u) ≥ 1 - u, a member whose weight / (1 - u) is not above the best score cannot win.

#include <cmath>

#include "multiupstream/hash_key.hpp"
#include "multiupstream/selection.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

/// A number in (0, 1), exact: 52 bits of the hash and a half.
double to_unit(std::uint64_t hash) { return (static_cast<double>(hash >> 12U) + 0.5) * 0x1p-52; }

}  // namespace

std::size_t choose_by_hash(CandidateSet const& set, Usable usable, Circumstances const& circumstances) {
    auto best = set.positions.size();
    double best_score = -1;
    for (std::size_t member = 0; member < set.positions.size(); ++member) {
        if (!usable.empty() && usable[member] == 0) continue;
        auto const u = to_unit(mix(circumstances.key ^ circumstances.name_hashes[set.positions[member]]));
        double const weight = set.weights[member];
        if (weight <= best_score * (1 - u)) continue;
        auto const score = weight / -std::log(u);
        if (score > best_score) {
            best_score = score;
            best = member;
        }
    }
    return best;
}

}  // namespace pathology::proxycore::multiupstream
