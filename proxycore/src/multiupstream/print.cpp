#include <algorithm>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/multiupstream/explanation.hpp>
#include <string_view>

namespace pathology::proxycore::multiupstream {
namespace {

constexpr std::size_t max_listed = 5;  // of a line; the other texts list all

std::string target_of(Explanation const& explanation) { return http::terminal_text(to_string(explanation.target)); }

std::string list_of(std::vector<Rule> const& rules) {
    std::string text;
    for (auto const& rule : rules) text.append(text.empty() ? "" : ", ").append(to_string(rule));
    return http::terminal_text(text);
}

std::string health_of(ExplainedCandidate const& candidate) {
    return candidate.is_excluded ? "tried already" : to_string(candidate.health);
}

/// `a (resting for 1s after 1 failure: refused), b (tried already)`, and how many more there are.
std::string list_of(std::vector<ExplainedCandidate> const& candidates, bool with_details) {
    std::string text;
    auto const listed = std::min(candidates.size(), max_listed);
    for (std::size_t i = 0; i < listed; ++i) {
        auto shown = candidates[i];
        if (!with_details) shown.health.detail.clear();
        text.append(i == 0 ? "" : ", ").append(http::terminal_text(shown.name));
        text.append(" (").append(health_of(shown)).append(")");
    }
    if (listed < candidates.size()) text += " and " + std::to_string(candidates.size() - listed) + " more";
    return text;
}

std::string why_none(Explanation const& explanation, bool with_details) {
    if (explanation.reason == Reason::no_rule) return "no upstream proxy matches";
    auto const count = std::to_string(explanation.candidates.size());
    auto const state = explanation.reason == Reason::all_rest ? " rest: " : " were tried: ";
    auto const subject = explanation.candidates.size() == 1 ? "the only candidate" : "all " + count + " candidates";
    auto const verb = explanation.candidates.size() != 1       ? state
                      : explanation.reason == Reason::all_rest ? " rests: "
                                                               : " was tried: ";
    return subject + verb + list_of(explanation.candidates, with_details);
}

std::string why(Explanation const& explanation) {
    auto const count = std::to_string(explanation.candidates.size());
    switch (explanation.reason) {
        case Reason::policy: {
            auto const key = explanation.key.empty() ? "" : " (" + explanation.key + ")";
            return explanation.policy + key + " among " + count;
        }
        case Reason::only_candidate:
            return explanation.candidates.size() == 1 ? "the only candidate" : "the only one available of " + count;
        case Reason::affinity: return "used before by the client connection";
        case Reason::websocket_affinity: return "used by a WebSocket of the client";
        case Reason::shared_affinity: return "used before by the address of the client, as the shared state has it";
        case Reason::no_rule:
        case Reason::all_excluded:
        case Reason::all_rest: break;
    }
    return why_none(explanation, true);
}

std::string row(std::string_view name, std::string_view value) {
    std::string text(name);
    text.resize(12, ' ');
    return text.append(value).append("\n");
}

std::string details_of(ExplainedCandidate const& candidate) {
    auto text = "weight " + std::to_string(candidate.weight) + ", " + std::to_string(candidate.open) + " open";
    if (candidate.latency) text += ", " + console::format(*candidate.latency);
    return text + ", " + health_of(candidate) + ", " + list_of(candidate.rules);
}

}  // namespace

std::string to_line(Explanation const& explanation) {
    auto const target = target_of(explanation) + (explanation.is_websocket ? " (WebSocket)" : "") + " -> ";
    if (explanation.upstream.empty()) return target + "none: " + why(explanation);
    auto text =
        target + http::terminal_text(explanation.upstream) + " (" + http::terminal_text(explanation.hops) + "): ";
    if (!explanation.rules.empty()) text += "rule " + list_of(explanation.rules) + ", ";
    return text + why(explanation) + (explanation.is_probe ? ", a probe after failures" : "");
}

std::string to_text(Explanation const& explanation) {
    bool const is_none = explanation.upstream.empty();
    auto text = row("target", target_of(explanation) + (explanation.is_websocket ? " (WebSocket)" : ""));
    text += row("upstream", is_none ? "none" : http::terminal_text(explanation.upstream));
    if (!is_none) text += row("hops", http::terminal_text(explanation.hops));
    text += row("reason", why(explanation) + (explanation.is_probe ? ", a probe after failures" : ""));
    if (!explanation.rules.empty()) text += row("rules", list_of(explanation.rules));
    text += row("policy", explanation.policy);
    if (!explanation.key.empty()) text += row("key", explanation.key);
    if (!explanation.affinity.empty()) text += row("affinity", http::terminal_text(explanation.affinity));
    if (!explanation.next.empty()) text += row("next", http::terminal_text(explanation.next));
    for (auto const& candidate : explanation.candidates)
        text += row("candidate", http::terminal_text(candidate.name) + ": " + details_of(candidate));
    text.pop_back();
    return text;
}

std::string refusal_of(Explanation const& explanation) {
    auto const target = target_of(explanation);
    if (!explanation.upstream.empty()) return "";
    if (explanation.reason == Reason::no_rule) return "no upstream proxy matches " + target;
    return "no upstream proxy for " + target + " is available: " + why_none(explanation, false);
}

}  // namespace pathology::proxycore::multiupstream
