// Which upstreams match a target.
//
//     host, port ─▶ exact names ┐
//                   *.suffixes  │
//                   other *     ├─▶ candidates, in the order of the file ── none ─▶ those with a default rule
//                   *           │
//                   ports       ┘
#pragma once

#include <cstdint>
#include <functional>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "multiupstream/text_hash.hpp"

namespace pathology::proxycore::multiupstream {

/// The candidates for a target, as positions in the configuration, in ascending order, each once.
struct Matches {
    std::vector<std::uint32_t> positions{};
    bool by_default = false;
};

/// The rules of a configuration.
///
/// Cost: names and suffixes are found by hash; patterns with a `*` elsewhere are compared one after the other.
class RuleIndex {
public:
    explicit RuleIndex(Configuration const& configuration);

    /// `host` is in host_form().
    Matches match(std::string_view host, std::uint16_t port) const;

private:
    using Names = std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>;
    struct Pattern {
        std::string text;
        std::uint32_t position;
    };

    void add(Rule const& rule, std::uint32_t position);
    void add_pattern(std::string pattern, std::uint32_t position);
    void collect_hosts(std::string_view host, std::vector<std::uint32_t>& positions) const;

    Names names_;
    Names suffixes_;  // of `*.example.com` the text `.example.com`
    std::vector<Pattern> patterns_;
    std::vector<std::uint32_t> everything_;  // `*`
    std::unordered_map<std::uint16_t, std::vector<std::uint32_t>> ports_;
    std::vector<std::uint32_t> defaults_;
};

/// The rules of one upstream that match, of the tier that was used.
std::vector<Rule> matching_rules(std::span<Rule const> rules, std::string_view host, std::uint16_t port,
                                 bool by_default);

}  // namespace pathology::proxycore::multiupstream
