#include "multiupstream/rule_index.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

void append(std::vector<std::uint32_t>& all, std::vector<std::uint32_t> const& more) {
    all.insert(all.end(), more.begin(), more.end());
}

void sort_without_repeats(std::vector<std::uint32_t>& positions) {
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

bool is_everything(std::string_view pattern) {
    return !pattern.empty() && pattern.find_first_not_of('*') == std::string_view::npos;
}

/// Rejects most hosts by the ends of the pattern.
bool matches_quickly(std::string_view pattern, std::string_view host) {
    bool const is_other_begin = pattern.front() != '*' && (host.empty() || host.front() != pattern.front());
    bool const is_other_end = pattern.back() != '*' && (host.empty() || host.back() != pattern.back());
    return !is_other_begin && !is_other_end && matches(pattern, host);
}

}  // namespace

RuleIndex::RuleIndex(Configuration const& configuration) {
    std::uint32_t position = 0;
    for (auto const& upstream : configuration.upstreams) {
        for (auto const& rule : upstream.rules) add(rule, position);
        ++position;
    }
    sort_without_repeats(defaults_);
}

void RuleIndex::add(Rule const& rule, std::uint32_t position) {
    switch (rule.kind) {
        case Rule::Kind::host_pattern: return add_pattern(host_form(rule.pattern), position);
        case Rule::Kind::port: ports_[rule.port].push_back(position); return;
        case Rule::Kind::by_default: defaults_.push_back(position); return;
    }
}

void RuleIndex::add_pattern(std::string pattern, std::uint32_t position) {
    auto const last_star = pattern.rfind('*');
    if (last_star == pattern.npos) {
        names_[std::move(pattern)].push_back(position);
    } else if (is_everything(pattern)) {
        everything_.push_back(position);
    } else if (last_star == 0 && pattern[1] == '.') {
        suffixes_[pattern.substr(1)].push_back(position);
    } else {
        patterns_.push_back({std::move(pattern), position});
    }
}

Matches RuleIndex::match(std::string_view host, std::uint16_t port) const {
    Matches found;
    if (host.size() <= max_host) collect_hosts(host, found.positions);
    append(found.positions, everything_);
    if (auto const at = ports_.find(port); at != ports_.end()) append(found.positions, at->second);
    sort_without_repeats(found.positions);
    if (!found.positions.empty()) return found;
    return {defaults_, !defaults_.empty()};
}

void RuleIndex::collect_hosts(std::string_view host, std::vector<std::uint32_t>& positions) const {
    if (auto const at = names_.find(host); at != names_.end()) append(positions, at->second);
    for (auto dot = host.find('.'); dot != host.npos && !suffixes_.empty(); dot = host.find('.', dot + 1))
        if (auto const at = suffixes_.find(host.substr(dot)); at != suffixes_.end()) append(positions, at->second);
    for (auto const& pattern : patterns_)
        if (matches_quickly(pattern.text, host)) positions.push_back(pattern.position);
}

std::vector<Rule> matching_rules(std::span<Rule const> rules, std::string_view host, std::uint16_t port,
                                 bool by_default) {
    auto const applies = [&](Rule const& rule) {
        if (rule.kind == Rule::Kind::by_default) return by_default;
        if (rule.kind == Rule::Kind::port) return rule.port == port;
        auto const pattern = host_form(rule.pattern);
        return is_everything(pattern) || (host.size() <= max_host && matches(pattern, host));
    };
    std::vector<Rule> found;
    std::ranges::copy_if(rules, std::back_inserter(found), applies);
    return found;
}

}  // namespace pathology::proxycore::multiupstream
