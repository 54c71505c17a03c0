// Places in a message (`head`, `chunk2+1`, `r`, `a`) become numbers once it is laid out.
#include <algorithm>
#include <pathology/language/resolve.hpp>

#include "resolving.hpp"

namespace pathology::language {
namespace {

template <class FeatureRef> auto* find_offset(FeatureRef& feature) {
    using Result = std::conditional_t<std::is_const_v<FeatureRef>, Offset const, Offset>;
    return std::visit(
        [](auto& token) -> Result* {
            if constexpr (requires { token.at; }) return &token.at;
            return nullptr;
        },
        feature.is);
}

/// Whether its number is known only when the message is laid out.
bool is_open(Offset const* offset) { return offset != nullptr && offset->kind != Offset::Kind::number; }

SpecFailure no_frame(std::uint64_t number, Base const& base) {
    auto const name = "frame" + std::to_string(number);
    std::string why = "only messages of HTTP/2 have frames";
    if (base.frame(1)) why = "the message has fewer frames";
    return {SpecErrc::out_of_range, name + ": " + why, {}};
}

SpecFailure no_chunk(std::uint64_t number, Base const& base) {
    auto const name = "chunk" + std::to_string(number);
    std::string const why = base.chunks.empty() ? "the message has no chunks; k adds one"
                                                : "the message has " + std::to_string(base.chunks.size()) + " chunks";
    return {SpecErrc::out_of_range, name + ": " + why, {}};
}

SpecFailure no_trailer() {
    return {SpecErrc::out_of_range, "trailer: the message has no trailer fields; e adds one", {}};
}

std::uint64_t shifted(std::uint64_t place, std::int64_t shift) {
    auto const distance = static_cast<std::uint64_t>(shift < 0 ? -(shift + 1) : shift) + (shift < 0 ? 1U : 0U);
    if (shift >= 0) return saturating_sum(place, distance);
    return place - std::min(place, distance);
}

Parsed<std::uint64_t> number_of(Offset const& offset, Base const& base, std::uint64_t length, Rng& rng) {
    switch (offset.kind) {
        case Offset::Kind::number: break;
        case Offset::Kind::random: return rng.below(length);
        // The original resolves `a` to length + 1 and prints that (actions.py).
        case Offset::Kind::end: return shifted(length, offset.shift == 0 ? 1 : offset.shift);
        case Offset::Kind::head: return shifted(base.head.value_or(length), offset.shift);
        case Offset::Kind::body: return shifted(base.body.value_or(length), offset.shift);
        case Offset::Kind::frame:
            if (auto const begin = base.frame(offset.number)) return shifted(*begin, offset.shift);
            return no_frame(offset.number, base);
        case Offset::Kind::chunk:
            if (offset.number > base.chunks.size()) return no_chunk(offset.number, base);
            return shifted(base.chunks[offset.number - 1], offset.shift);
        case Offset::Kind::trailer:
            if (base.trailer) return shifted(*base.trailer, offset.shift);
            return no_trailer();
    }
    return offset.number;
}

}  // namespace

Offset const* offset_of(Feature const& feature) { return find_offset(feature); }

bool has_open_offset(Message const& message) {
    return std::any_of(features(message).begin(), features(message).end(),
                       [](Feature const& feature) { return is_open(offset_of(feature)); });
}

Parsed<void> place_offsets(Message& message, Base const& base, Rng& rng) {
    auto const length = base.size();
    for (auto& feature : features(message)) {
        auto* const offset = find_offset(feature);
        if (!is_open(offset)) continue;
        auto const number = number_of(*offset, base, length, rng);
        if (number.has_error()) return at(feature, number.error());
        *offset = Offset{Offset::Kind::number, *number};
    }
    return {};
}

}  // namespace pathology::language
