#include "forwarder/blacklist.hpp"

#include <pathology/proxycore/async/turns.hpp>
#include <utility>

namespace pathology::proxycore::forwarder {
namespace {

constexpr std::size_t max_warnings = 20;

void warn(std::vector<std::string>& warnings, std::size_t& more, std::string text) {
    if (warnings.size() < max_warnings)
        warnings.push_back(std::move(text));
    else
        ++more;
}

}  // namespace

Blacklist::Compiled Blacklist::compile(RuleList const& list) {
    Compiled result;
    std::size_t more = 0;
    auto rules = std::make_shared<std::vector<CompiledRule>>();
    for (auto const& rule : list.rules) {
        auto compiled = pattern::Pattern::compile(rule.pattern, {pattern::Case::any, pattern::Place::anywhere});
        if (compiled)
            rules->push_back({rule.id, std::move(*compiled)});
        else
            warn(result.warnings, more,
                 "blacklist rule " + rule.id + " is skipped: its pattern is " + compiled.error().message);
    }
    if (list.invalid > 0)
        result.warnings.push_back(
            std::to_string(list.invalid) +
            " items of the blacklist are skipped: they have no text \"pattern\" of at most 4096 bytes");
    if (more > 0) result.warnings.push_back(std::to_string(more) + " more blacklist rules are skipped");
    result.blacklist.rules_ = std::move(rules);
    return result;
}

asio::awaitable<std::optional<Block>> Blacklist::find(std::string url) const {
    auto const rules = rules_;
    if (!rules) co_return std::nullopt;
    async::TurnTimer turn;
    for (auto const& rule : *rules) {
        auto const matched = rule.pattern.matches(url);
        if (!matched) co_return Block{rule.id, matched.error().reason};
        if (*matched) co_return Block{rule.id};
        if (turn.is_long()) co_await turn.pass();
    }
    co_return std::nullopt;
}

}  // namespace pathology::proxycore::forwarder
