// Replaces generated values by the bytes they stand for; the printed spec then replays.

#include <algorithm>
#include <pathology/language/generator.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

#include "layout.hpp"

namespace pathology::language {
namespace {

bool was_added(Feature const& feature) { return feature.span == SourceSpan{}; }

/// A client masks the frames it resolves, nested ones too, as the original does. The key of a nested frame is dropped:
/// the server that sends the frame draws it.
void drop_added_key(Features& features) {
    auto const added_mask = std::any_of(features.begin(), features.end(), [](Feature const& feature) {
        return was_added(feature) && std::holds_alternative<Flag>(feature.is);
    });
    if (!added_mask) return;
    std::erase_if(features, [](Feature const& feature) {
        return was_added(feature) && std::holds_alternative<MaskingKey>(feature.is);
    });
}

/// A nested message in its frozen spelling. A `ws` response is left as it is, because it depends on the handshake that
/// it will respond to.
Parsed<std::string> freeze_nested(Message const& nested, Settings const& settings, std::uint64_t seed) {
    auto const* response = std::get_if<Response>(&nested);
    if (response != nullptr && response->websocket) return print(nested);
    Rng rng(seed);
    auto resolved = resolve(nested, settings, rng);
    if (resolved.has_error()) return resolved.error();
    auto frozen = freeze(*resolved, settings, rng());
    if (frozen.has_error()) return frozen.error();
    drop_added_key(features(*frozen));
    auto text = print(*frozen);
    if (auto const* repeat = find<Times>(features(nested))) text += ":x" + std::to_string(repeat->count);
    return text;
}

Parsed<void> freeze_nested(Feature& feature, Settings const& settings, std::uint64_t seed) {
    if (auto* response = std::get_if<NestedResponse>(&feature.is)) {
        auto const parsed = parse_nested_response(response->spec, settings.protocol);
        if (parsed.has_error()) return parsed.error();
        auto text = freeze_nested(*parsed, settings, seed);
        if (text.has_error()) return text.error();
        response->spec = std::move(*text);
    } else if (auto* frame = std::get_if<NestedFrame>(&feature.is)) {
        auto const parsed = parse_frames(frame->spec);
        if (parsed.has_error()) return parsed.error();
        auto text = freeze_nested(parsed->front(), settings, seed);
        if (text.has_error()) return text.error();
        frame->spec = std::move(*text);
    }
    return {};
}

SpecFailure too_large(std::uint64_t limit) {
    return {SpecErrc::too_large,
            "the generated data has more than " + std::to_string(limit) +
                " bytes, too many to spell out; the same seed sends the same bytes again",
            {}};
}

}  // namespace

Parsed<Message> freeze(Message const& resolved, Settings const& settings, std::uint64_t seed) {
    Message frozen = resolved;
    std::uint64_t total = 0;
    std::uint64_t stream = 0;
    bool fits = true;
    for_each_value(frozen, [&](Value& value) {
        auto const* generated = std::get_if<Generated>(&value);
        if (generated == nullptr || !fits) return;
        auto const size = generated->size();
        // Cannot underflow: total never exceeds the limit.
        fits = size <= settings.freeze_limit - total;
        if (!fits) return;
        total += size;
        Literal literal{std::string(size, '\0'), false};
        generate(generated->type, derive_seed(seed, stream++), 0, literal.bytes);
        value = std::move(literal);
    });
    if (!fits) return too_large(settings.freeze_limit);
    auto for_nested = settings;
    for_nested.freeze_limit -= total;
    for (auto& feature : features(frozen)) {
        // By the position in the text, so nested specs with equal text get different bytes.
        auto const nested_seed = derive_seed(~seed, feature.span.begin);
        if (auto const nested = freeze_nested(feature, for_nested, nested_seed); nested.has_error())
            return at(feature, nested.error());
    }
    return frozen;
}

}  // namespace pathology::language
