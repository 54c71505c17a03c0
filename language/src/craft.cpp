#include <pathology/language/craft.hpp>
#include <pathology/language/resolve.hpp>

#include "body.hpp"

namespace pathology::language {
namespace {

// Apart from those of the generated values, which count from 0.
constexpr std::uint64_t stream_of_offsets = ~0ULL;

/// What stands in a nested spec is left to chance as long as it is not frozen.
bool has_nested_spec(Message const& message) {
    return find<NestedResponse>(features(message)) != nullptr || find<NestedFrame>(features(message)) != nullptr;
}

/// Spells the message out; gives whether it did.
Parsed<bool> spell_out(Message& resolved, Settings const& settings, std::uint64_t seed, Freezing freezing) {
    if (freezing == Freezing::none) return false;
    auto frozen = freeze(resolved, settings, seed);
    if (frozen.has_error()) {
        bool const may_stay = freezing == Freezing::where_it_fits && frozen.error().code == SpecErrc::too_large;
        return may_stay ? Parsed<bool>(false) : frozen.error();
    }
    resolved = std::move(*frozen);
    return true;
}

}  // namespace

Parsed<Crafted> craft(Message const& message, Settings const& settings, std::uint64_t seed, Crafting how) {
    Rng offsets(derive_seed(seed, stream_of_offsets));
    auto resolved = resolve(message, settings, offsets);
    if (resolved.has_error()) return resolved.error();
    if (how.without_body) {
        if (auto const removed = remove_body(*resolved, settings); removed.has_error()) return removed.error();
    }
    bool const has_chance = resolves_randomly(message, settings) || has_generated_data(*resolved);
    auto const is_frozen = spell_out(*resolved, settings, seed, how.freezing);
    if (is_frozen.has_error()) return is_frozen.error();
    auto plan = make_plan(*resolved, settings);
    if (plan.has_error()) return plan.error();
    bool const is_random = has_chance || (*is_frozen && has_nested_spec(message));
    return Crafted{std::move(*resolved), std::move(*plan), *is_frozen, is_random};
}

}  // namespace pathology::language
