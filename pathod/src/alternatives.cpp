#include "alternatives.hpp"

#include <algorithm>
#include <pathology/language/rng.hpp>

namespace pathology::pathod {

using proxycore::record::RecordedChoice;

namespace {

/// The number of a text, the same on every machine.
std::uint64_t seed_of(std::string_view text) {
    std::uint64_t seed = 0;
    for (char const c : text) seed = language::derive_seed(seed, static_cast<unsigned char>(c));
    return seed;
}

/// Paths may be as long as a head: what is stored of one is bounded.
std::string bounded(std::string_view key) {
    constexpr std::size_t max_key = 256;
    if (key.size() <= max_key) return std::string(key);
    return std::string(key.substr(0, max_key)) + " " + std::to_string(seed_of(key));
}

std::string ordinal(std::uint32_t number) {
    auto const tens = number % 100;
    auto const ending = number % 10;
    if ((tens >= 11 && tens <= 13) || ending == 0 || ending > 3) return std::to_string(number) + "th";
    return std::to_string(number) + (ending == 1 ? "st" : ending == 2 ? "nd" : "rd");
}

std::string word_for(CountedPer per) {
    switch (per) {
        case CountedPer::path: return "path";
        case CountedPer::connection: return "connection";
        case CountedPer::client: return "client";
        case CountedPer::anchor: break;
    }
    return {};
}

/// `request` counts from 1. What is drawn is there if the condition is a chance.
bool holds(Condition const& condition, std::uint64_t request, std::optional<std::uint32_t> drawn) {
    if (condition.kind == Condition::Kind::every) return (request - 1) % condition.of >= condition.of - condition.count;
    return condition.kind == Condition::Kind::chance && *drawn >= condition.from && *drawn < condition.below;
}

std::string reason_of(Condition const& condition, std::optional<std::uint32_t> drawn) {
    if (condition.kind == Condition::Kind::chance)
        return percent_text(condition.below - condition.from) + " %: drawn " + percent_text(*drawn) + " below " +
               percent_text(condition.below);
    if (condition.kind == Condition::Kind::none) return drawn ? "in order, drawn " + percent_text(*drawn) : "in order";
    if (condition.count == 1) return "every " + ordinal(condition.of);
    return std::to_string(condition.count) + " of every " + std::to_string(condition.of);
}

}  // namespace

/// The result of a choice.
struct Alternatives::Decision {
    std::optional<std::uint32_t> index{};  // of the alternative; std::nullopt if there is none
    std::uint64_t request = 0;             // its number
    std::optional<std::uint32_t> drawn{};
};

Alternatives::Alternatives(Alternative only) { all_.push_back(std::move(only)); }

Alternatives::Alternatives(std::vector<Alternative> all, AlternativesText const& text, std::string_view name)
    : all_(std::move(all)), per_(text.per), starts_over_(text.starts_over), name_seed_(seed_of(name)) {
    if (text.is_plain()) return;
    counts_ = std::make_unique<SharedCounts>();
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
        auto const kind = all_[i].condition.kind;
        if (kind == Condition::Kind::none) sequence_.push_back(i);
        draws_ = draws_ || kind == Condition::Kind::chance;
    }
}

std::optional<AlternativeChoice> Alternatives::choose(ChoiceContext const& context) const {
    if (!counts_) return AlternativeChoice{&all_.front(), nullptr};
    auto const key = key_of(context);
    auto const of_anchor = language::derive_seed(context.seed, name_seed_);
    auto const seed = draws_ ? language::derive_seed(of_anchor, seed_of(key)) : 0;
    Decision decision;
    if (per_ == CountedPer::connection) {
        RequestCount alone;
        decision = decide(context.counts != nullptr ? context.counts->of(*counts_) : alone, seed);
    } else {
        std::scoped_lock const lock(counts_->mutex);
        auto* const count = counts_->by_key.find(key);
        decision = decide(count != nullptr ? *count : counts_->by_key.keep(key, {}), seed);
    }
    if (!decision.index) return std::nullopt;
    return explain(decision);
}

std::string Alternatives::key_of(ChoiceContext const& context) const {
    switch (per_) {
        case CountedPer::path: return bounded(context.path);
        case CountedPer::connection: return std::to_string(context.connection);
        case CountedPer::client: return std::string(context.client.substr(0, context.client.rfind(':')));
        case CountedPer::anchor: break;
    }
    return {};
}

Alternatives::Decision Alternatives::decide(RequestCount& count, std::uint64_t seed) const {
    Decision decision{.request = ++count.requests};
    if (draws_) {
        language::Rng random(language::derive_seed(seed, decision.request));
        decision.drawn = static_cast<std::uint32_t>(random.below(Condition::all));
    }
    auto const is_due = [&](Alternative const& one) { return holds(one.condition, decision.request, decision.drawn); };
    auto const found = std::ranges::find_if(all_, is_due);
    if (found != all_.end()) {
        decision.index = static_cast<std::uint32_t>(found - all_.begin());
    } else if (!sequence_.empty()) {
        auto const turn = count.in_order++;
        auto const last = sequence_.size() - 1;
        decision.index = sequence_[starts_over_ ? turn % sequence_.size() : std::min<std::uint64_t>(turn, last)];
    }
    return decision;
}

AlternativeChoice Alternatives::explain(Decision const& decision) const {
    auto const& alternative = all_[*decision.index];
    auto reason = std::make_shared<RecordedChoice>();
    reason->alternative = *decision.index + 1;
    reason->alternatives = static_cast<std::uint32_t>(all_.size());
    reason->reason = reason_of(alternative.condition, decision.drawn);
    reason->request = decision.request;
    reason->per = word_for(per_);
    if (decision.drawn) reason->drawn = *decision.drawn / 10'000.0;
    return {&alternative, std::move(reason)};
}

}  // namespace pathology::pathod
