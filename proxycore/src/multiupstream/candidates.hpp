// The candidates for each target, found once for a host and port.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <pathology/proxycore/recently_used.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "multiupstream/rule_index.hpp"

namespace pathology::proxycore::multiupstream {

/// A distinct set of candidates, in the order of the file, and where each stands in the weighted round robin. All
/// vectors have one element for each member.
struct CandidateSet {
    CandidateSet(std::vector<std::uint32_t> members, Configuration const& configuration);

    std::vector<std::uint32_t> positions;  ///< in the configuration
    std::vector<std::uint32_t> weights;
    std::vector<std::uint64_t> weight_sums;  ///< of a member and those before it
    std::vector<std::int64_t> gains;         ///< the sums of the round robin; they add up to 0 between two choices
    std::vector<double> costs;               ///< of the choice that is being made, kept for their memory
};

/// The candidates of one target.
struct Candidates {
    std::shared_ptr<CandidateSet> set{};  ///< nullptr = no rule matches
    bool by_default = false;
};

/// Finds candidates. Targets with the same candidates share one set as long as no more sets are in use than are kept.
///
/// Bounds: what is kept for targets, and for sets, has at most 4096 entries and about a million members.
/// Thread: one at a time.
class CandidateCache {
public:
    explicit CandidateCache(Configuration const& configuration);

    /// Valid until the next call. The configuration is the one of the constructor.
    Candidates const& find(std::string_view host, std::uint16_t port, Configuration const& configuration);
    /// The same, but nothing is kept: the set is a copy if there is one.
    Candidates preview(std::string_view host, std::uint16_t port, Configuration const& configuration);

private:
    Candidates look_up(std::string_view host, std::uint16_t port, Configuration const& configuration);
    std::shared_ptr<CandidateSet> share(std::vector<std::uint32_t> positions, Configuration const& configuration);

    RuleIndex index_;
    RecentlyUsed<Candidates> targets_;
    RecentlyUsed<std::shared_ptr<CandidateSet>> sets_;  // by the bytes of their positions
    std::string key_;                                   // kept for its memory
    Candidates unkept_;
};

}  // namespace pathology::proxycore::multiupstream
