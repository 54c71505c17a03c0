// A message is prepared each time it is sent, since its random parts differ:
//
//     complete ─▶ offsets ─▶ [remove the body] ─▶ [freeze] ─▶ lay out ─▶ plan
//                    └ lay out, if `r` or `a` is used
//
// Laying out is the expensive step. It is done once, and again only if the message has changed since.

#include <algorithm>
#include <iterator>
#include <pathology/language/craft.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "layout.hpp"
#include "resolving.hpp"

namespace pathology::language {
namespace {

// Distinct from the streams of generated values, which count from 0.
constexpr std::uint64_t stream_of_offsets = ~0ULL;

/// A nested spec is sent as text, with its random parts unresolved unless it is frozen.
bool has_nested_spec(Message const& message) {
    return find<NestedResponse>(features(message)) != nullptr || find<NestedFrame>(features(message)) != nullptr;
}

/// Freezes the message if the options ask for it. Returns true if it is frozen.
Parsed<bool> freeze_if_asked(Message& resolved, Settings const& settings, std::uint64_t seed, Freezing freezing) {
    if (freezing == Freezing::none) return false;
    auto frozen = freeze(resolved, settings, seed);
    if (frozen.has_error()) {
        bool const may_stay = freezing == Freezing::where_it_fits && frozen.error().code == SpecErrc::too_large;
        return may_stay ? Parsed<bool>(false) : frozen.error();
    }
    resolved = std::move(*frozen);
    return true;
}

bool is_content_length(Feature const& part) {
    auto const* header = std::get_if<Header>(&part.is);
    auto const* name = header != nullptr ? std::get_if<Literal>(&header->name) : nullptr;
    return name != nullptr && proxycore::http::equals_ignoring_case(name->bytes, "content-length");
}

/// Adds the length of the body that is about to be removed. Over HTTP/1 complete() did; over HTTP/2 it is part of the
/// header block.
Parsed<void> announce_body(Message& resolved, Settings const& settings) {
    auto& parts = features(resolved);
    bool const is_given = std::any_of(parts.begin(), parts.end(), is_content_length) || find<Raw>(parts) != nullptr;
    if (settings.protocol == Protocol::http1 || is_given) return {};
    auto const length = content_size(parts, settings);
    if (length.has_error()) return length.error();
    parts.emplace_back(Header{Literal{"content-length"}, Literal{std::to_string(*length)}});
    return {};
}

bool is_action(Feature const& part) {
    return std::visit([]<class Token>(Token const&) { return ActionToken<Token>; }, part.is);
}

/// Where an action with a number as offset happens in a message of `length` bytes.
std::uint64_t place_of(Feature const& action, std::uint64_t length) {
    auto const number = []<class Token>(Token const& token) -> std::uint64_t {
        if constexpr (ActionToken<Token>) return token.at.number;
        return 0;
    };
    return std::min(std::visit(number, action.is), length);
}

/// Sorts the actions by their places in the message. Other features stay where they are.
Parsed<void> sort_actions(Message& resolved, Settings const& settings) {
    auto& parts = features(resolved);
    if (std::none_of(parts.begin(), parts.end(), is_action)) return {};
    auto const length = base_length(resolved, settings);
    if (length.has_error()) return length.error();
    Features actions;
    std::copy_if(parts.begin(), parts.end(), std::back_inserter(actions), is_action);
    std::stable_sort(actions.begin(), actions.end(), [&](Feature const& one, Feature const& other) {
        return place_of(one, *length) < place_of(other, *length);
    });
    auto next = actions.begin();
    for (auto& part : parts)
        if (is_action(part)) part = std::move(*next++);
    return {};
}

/// Removes the body of a resolved response; its length stays announced. Actions inside the body happen at the end of
/// the header section, in the order that they have in the body. Other messages stay as they are.
Parsed<void> remove_body(Message& resolved, Settings const& settings) {
    if (!std::holds_alternative<Response>(resolved)) return {};
    // Without the body their places are the same, so only their order is left of them.
    if (auto const sorted = sort_actions(resolved, settings); sorted.has_error()) return sorted.error();
    if (auto const announced = announce_body(resolved, settings); announced.has_error()) return announced.error();
    std::erase_if(features(resolved), [](Feature const& part) {
        return std::visit([]<class Token>(Token const&) { return ContentToken<Token>; }, part.is);
    });
    return {};
}

}  // namespace

Parsed<Crafted> craft(Message const& message, Settings const& settings, std::uint64_t seed, CraftOptions options) {
    // Offsets have a stream of their own: adding a generated value does not move them.
    Rng rng(derive_seed(seed, stream_of_offsets));
    Crafted crafted{.message = message};
    auto& resolved = crafted.message;
    if (auto const done = complete(resolved, settings, rng); done.has_error()) return done.error();
    std::optional<Base> base;  // the layout of `resolved`; empty after a change
    if (has_open_offset(resolved)) {
        auto laid_out = lay_out(resolved, settings);
        if (laid_out.has_error()) return laid_out.error();
        auto const placed = place_offsets(resolved, *laid_out, rng);
        if (placed.has_error()) return placed.error();
        base = std::move(*laid_out);
    }
    if (options.without_body) {
        if (auto const removed = remove_body(resolved, settings); removed.has_error()) return removed.error();
        base.reset();
    }
    bool const has_chance = resolves_randomly(message, settings) || has_generated_data(resolved);
    auto const is_frozen = freeze_if_asked(resolved, settings, seed, options.freezing);
    if (is_frozen.has_error()) return is_frozen.error();
    crafted.is_frozen = *is_frozen;
    crafted.is_random = has_chance || (*is_frozen && has_nested_spec(message));
    if (!base || *is_frozen) {
        auto laid_out = lay_out(resolved, settings);
        if (laid_out.has_error()) return laid_out.error();
        base = std::move(*laid_out);
    }
    crafted.http2_parts = std::move(base->parts);
    auto plan = make_plan(resolved, settings, std::move(*base));
    if (plan.has_error()) return plan.error();
    crafted.plan = std::move(*plan);
    return crafted;
}

}  // namespace pathology::language
