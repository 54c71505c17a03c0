// Replaces generated values by the bytes they stand for; the printed spec then replays.
//
//     message ─▶ spell_out(): generated values become literals ─▶ nested specs: as their sender would resolve them,
//                                                                 frozen, in their canonical spelling
//
// Freezing changes no byte of the message itself, apart from the text of its nested specs. Freezing its printed text
// again changes nothing.

#include <pathology/language/generator.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

#include "layout.hpp"

namespace pathology::language {
namespace {

SpecFailure too_large(std::uint64_t limit) {
    return {SpecErrc::too_large,
            "the generated data has more than " + std::to_string(limit) +
                " bytes, too many to spell out; the same seed sends the same bytes again",
            {}};
}

/// Replaces generated values by literals, of `limit` bytes in all. Returns the number of bytes.
Parsed<std::uint64_t> spell_out(Message& message, std::uint64_t limit, std::uint64_t seed) {
    std::uint64_t total = 0;
    std::uint64_t stream = 0;
    bool fits = true;
    for_each_value(message, [&](Value& value) {
        auto const* generated = std::get_if<Generated>(&value);
        if (generated == nullptr || !fits) return;
        auto const size = generated->size();
        // Cannot underflow: total never exceeds the limit.
        fits = size <= limit - total;
        if (!fits) return;
        total += size;
        Literal literal{std::string(size, '\0'), false};
        generate(generated->type, derive_seed(seed, stream++), 0, literal.bytes);
        value = std::move(literal);
    });
    if (!fits) return too_large(limit);
    return total;
}

/// The settings of the server that sends a nested message. Its files are on its machine.
Settings settings_of_server(Settings const& client) {
    Settings server;
    server.role = Role::server;
    server.protocol = client.protocol;
    server.http2 = client.http2;
    server.freeze_limit = client.freeze_limit;
    return server;
}

/// A nested message with as little as possible left to chance.
///
/// The server does the rest in three cases: a `ws` response depends on the handshake that it will respond to, and stays
/// as it is; the length of a message with files is not known here, so fields and offsets that need it stay open; a
/// message that cannot be resolved, such as one with a masking key of three bytes, is for the server to refuse.
Parsed<Message> freeze_nested(Message nested, Settings const& settings, std::uint64_t seed) {
    auto const* response = std::get_if<Response>(&nested);
    if (response != nullptr && response->websocket) return nested;
    if (!loads_files(nested)) {
        Rng rng(seed);
        auto resolved = resolve(nested, settings, rng);
        if (resolved.has_error()) return nested;
        nested = std::move(*resolved);
        seed = rng();
    }
    if (auto const spelled = spell_out(nested, settings.freeze_limit, seed); spelled.has_error())
        return spelled.error();
    return nested;
}

Parsed<Message> parse_nested_frame(std::string_view spec) {
    auto frames = parse_frames(spec);
    if (frames.has_error()) return frames.error();
    return std::move(frames->front());
}

Parsed<void> freeze_nested(Feature& feature, Settings const& settings, std::uint64_t seed) {
    auto* const response = std::get_if<NestedResponse>(&feature.is);
    auto* const frame = std::get_if<NestedFrame>(&feature.is);
    if (response == nullptr && frame == nullptr) return {};
    auto& spec = response != nullptr ? response->spec : frame->spec;
    auto parsed = response != nullptr ? parse_nested_response(spec, settings.protocol) : parse_nested_frame(spec);
    if (parsed.has_error()) return parsed.error();
    auto const frozen = freeze_nested(*parsed, settings, seed);
    if (frozen.has_error()) return frozen.error();
    spec = print_repeated(*frozen, features(*parsed));
    return {};
}

}  // namespace

Parsed<Message> freeze(Message const& resolved, Settings const& settings, std::uint64_t seed) {
    Message frozen = resolved;
    auto const size = spell_out(frozen, settings.freeze_limit, seed);
    if (size.has_error()) return size.error();
    auto for_nested = settings_of_server(settings);
    for_nested.freeze_limit -= *size;
    for (auto& feature : features(frozen)) {
        // By the position in the text, so nested specs with equal text get different bytes.
        auto const nested_seed = derive_seed(~seed, feature.span.begin);
        if (auto const nested = freeze_nested(feature, for_nested, nested_seed); nested.has_error())
            return at(feature, nested.error());
    }
    return frozen;
}

}  // namespace pathology::language
