// What resolve() adds to WebSocket frames: the mask of a client, and its key.
#include <pathology/language/generator.hpp>

#include "resolving.hpp"

namespace pathology::language {
namespace {

Flag const* mask_flag(Features const& features) {
    for (auto const& feature : features) {
        auto const* flag = std::get_if<Flag>(&feature.is);
        if (flag != nullptr && flag->name == Flag::Name::mask) return flag;
    }
    return nullptr;
}

Literal letters_and_digits(std::size_t count, Rng& rng) {
    static constexpr std::string_view symbols = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    Literal literal;
    for (std::size_t i = 0; i < count; ++i) literal.bytes += symbols[rng.below(symbols.size())];
    return literal;
}

}  // namespace

Parsed<void> complete(Frame& frame, Settings const& settings, Rng& rng) {
    if (auto const key = masking_key(frame, settings); key.has_error()) return key.error();
    auto& features = frame.features;
    for (auto& feature : features) {  // planning needs the bytes of a key, so generated ones are drawn here
        auto* key = std::get_if<MaskingKey>(&feature.is);
        if (key == nullptr) continue;
        auto const* generated = std::get_if<Generated>(&key->value);
        if (generated == nullptr) continue;
        Literal drawn{std::string(generated->size(), '\0'), false};
        generate(generated->type, rng(), 0, drawn.bytes);
        key->value = std::move(drawn);
    }
    // RFC 6455 §5.1: a client masks all its frames.
    if (mask_flag(features) == nullptr && settings.role == Role::client) {
        features.emplace_back(Flag{Flag::Name::mask, true});
    }
    auto const* mask = mask_flag(features);
    auto const has_key = find<MaskingKey>(features) != nullptr || find<NoMaskingKey>(features) != nullptr;
    if (mask != nullptr && mask->on && !has_key) features.emplace_back(MaskingKey{letters_and_digits(4, rng)});
    return {};
}

bool draws_masking_key(Frame const& frame, Settings const& settings) {
    auto const* mask = mask_flag(frame.features);
    auto const* key = find<MaskingKey>(frame.features);
    bool const is_masked = mask != nullptr ? mask->on : settings.role == Role::client;
    if (key == nullptr) return is_masked && find<NoMaskingKey>(frame.features) == nullptr;
    return std::holds_alternative<Generated>(key->value);
}

}  // namespace pathology::language
