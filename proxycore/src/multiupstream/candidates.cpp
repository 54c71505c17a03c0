#include "multiupstream/candidates.hpp"

#include <algorithm>
#include <utility>

#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

constexpr std::size_t max_entries = 4096, min_entries = 64, max_members = 1'000'000;

std::size_t capacity_for(Configuration const& configuration) {
    auto const upstreams = std::max<std::size_t>(configuration.upstreams.size(), 1);
    return std::clamp(max_members / upstreams, min_entries, max_entries);
}

std::string bytes_of(std::vector<std::uint32_t> const& positions) {
    std::string bytes;
    bytes.reserve(positions.size() * sizeof(std::uint32_t));
    for (auto const position : positions)
        for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(position >> shift & 0xffU);
    return bytes;
}

}  // namespace

CandidateSet::CandidateSet(std::vector<std::uint32_t> members, Configuration const& configuration)
    : positions(std::move(members)), gains(positions.size()), costs(positions.size()) {
    std::uint64_t sum = 0;
    for (auto const position : positions) {
        weights.push_back(std::max(configuration.upstreams[position].weight, 1U));
        weight_sums.push_back(sum += weights.back());
    }
}

CandidateCache::CandidateCache(Configuration const& configuration)
    : index_(configuration), targets_(capacity_for(configuration)), sets_(capacity_for(configuration)) {}

Candidates const& CandidateCache::find(std::string_view host, std::uint16_t port, Configuration const& configuration) {
    // A client can send any host: what is too long for a name is matched each time, and not kept.
    if (host.size() > max_host) return unkept_ = look_up(host, port, configuration);
    write_quick_form(host, key_);
    key_.append(1, ' ').append(1, static_cast<char>(port >> 8U)).append(1, static_cast<char>(port & 0xffU));
    if (auto const* const known = targets_.find(key_)) return *known;
    return targets_.keep(key_, look_up(host, port, configuration));
}

Candidates CandidateCache::look_up(std::string_view host, std::uint16_t port, Configuration const& configuration) {
    auto matches = index_.match(host_form(host), port);
    if (matches.positions.empty()) return {};
    return {share(std::move(matches.positions), configuration), matches.by_default};
}

Candidates CandidateCache::preview(std::string_view host, std::uint16_t port, Configuration const& configuration) {
    auto matches = index_.match(host_form(host), port);
    if (matches.positions.empty()) return {};
    auto const* const known = sets_.find(bytes_of(matches.positions));
    auto set = known ? std::make_shared<CandidateSet>(**known)
                     : std::make_shared<CandidateSet>(std::move(matches.positions), configuration);
    return {std::move(set), matches.by_default};
}

std::shared_ptr<CandidateSet> CandidateCache::share(std::vector<std::uint32_t> positions,
                                                    Configuration const& configuration) {
    auto key = bytes_of(positions);
    if (auto const* const known = sets_.find(key)) return *known;
    return sets_.keep(std::move(key), std::make_shared<CandidateSet>(std::move(positions), configuration));
}

}  // namespace pathology::proxycore::multiupstream
