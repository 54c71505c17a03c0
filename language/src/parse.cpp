#include <pathology/language/parse.hpp>

#include <algorithm>

#include "grammar/grammar.hpp"
#include "nested.hpp"

namespace pathology::language {
namespace {

using grammar::Start;

/// `fails` as a result, with the span moved to where a nested spec stands.
SpecFailure inside(SourceSpan outer, SpecFailure failure, std::string_view what) {
    failure.message = std::string("in the nested ") + std::string(what) + ", column " +
                      std::to_string(failure.span.begin + 1) + ": " + failure.message;
    failure.span = outer;
    return failure;
}

Parsed<void> check_nested(Feature const& feature, Protocol protocol, ParseLimits const& limits) {
    if (auto const* response = std::get_if<NestedResponse>(&feature.is)) {
        if (auto nested = parse_nested_response(response->spec, protocol, limits); nested.has_error()) {
            return inside(feature.span, std::move(nested).error(), "response");
        }
    } else if (auto const* frame = std::get_if<NestedFrame>(&feature.is)) {
        auto nested = parse_frames(frame->spec, limits);
        if (nested.has_error()) return inside(feature.span, std::move(nested).error(), "frame");
        if (nested->size() > 1) {
            return SpecFailure{SpecErrc::syntax, "a nested spec holds one frame; repeat it with xN, or send several",
                               feature.span};
        }
    }
    return {};
}

/// What two features must not both be of; features that may be repeated have none. `k` and `knone` exclude each other,
/// and so do a frame's body and raw body.
int exclusive_group(Feature const& feature) {
    struct Group {
        int operator()(Reason const&) const { return 0; }
        int operator()(Raw const&) const { return 1; }
        int operator()(Body const&) const { return 2; }
        int operator()(RawBody const&) const { return 2; }
        int operator()(NestedResponse const&) const { return 3; }
        int operator()(NestedFrame const&) const { return 4; }
        int operator()(Times const&) const { return 5; }
        int operator()(DisconnectAt const&) const { return 6; }
        int operator()(Opcode const&) const { return 7; }
        int operator()(Length const&) const { return 8; }
        int operator()(MaskingKey const&) const { return 9; }
        int operator()(NoMaskingKey const&) const { return 9; }
        int operator()(Flag const& flag) const { return 10 + static_cast<int>(flag.name); }
        int operator()(Header const&) const { return -1; }
        int operator()(ContentType const&) const { return -1; }
        int operator()(Location const&) const { return -1; }
        int operator()(UserAgent const&) const { return -1; }
        int operator()(PauseAt const&) const { return -1; }
        int operator()(InjectAt const&) const { return -1; }
    };
    return std::visit(Group{}, feature.is);
}

constexpr std::string_view group_names[] = {"reason",     "raw flag",   "body",      "nested response", "nested frame",
                                            "repetition", "disconnect", "opcode",    "length",          "masking key",
                                            "fin flag",   "rsv1 flag",  "rsv2 flag", "rsv3 flag",       "mask flag"};

Parsed<void> check(Message const& message, Protocol protocol, ParseLimits const& limits) {
    unsigned seen = 0;
    for (auto const& feature : features(message)) {
        if (auto const group = exclusive_group(feature); group >= 0) {
            auto const bit = 1U << static_cast<unsigned>(group);
            if ((seen & bit) != 0) {
                return SpecFailure{SpecErrc::given_twice,
                                   "a second " + std::string(group_names[group]) + "; a message has at most one",
                                   feature.span};
            }
            seen |= bit;
        }
        if (auto nested = check_nested(feature, protocol, limits); nested.has_error()) return nested;
    }
    return {};
}

Parsed<void> check_text(std::string_view spec, bool ascii_only, ParseLimits const& limits) {
    if (spec.size() > limits.length) {
        auto const end = static_cast<std::uint32_t>(std::min<std::size_t>(limits.length, UINT32_MAX));
        return SpecFailure{SpecErrc::too_long,
                           "the spec has " + std::to_string(spec.size()) + " bytes, more than the limit of " +
                               std::to_string(limits.length) + "; load large values from files with <path",
                           {end, end}};
    }
    if (!ascii_only) return {};
    auto const bad =
        std::find_if(spec.begin(), spec.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
    if (bad == spec.end()) return {};
    auto const place = static_cast<std::uint32_t>(bad - spec.begin());
    return SpecFailure{
        SpecErrc::not_ascii, "a spec is ASCII text; write this byte as an escape such as \\xe9", {place, place + 1}};
}

Parsed<std::vector<Message>> parse(Start start, std::string_view spec, ParseLimits const& limits) {
    if (auto sound = check_text(spec, start != Start::frames, limits); sound.has_error()) return sound.error();
    auto messages = grammar::parse(start, spec);
    if (messages.has_error()) return messages;
    auto const protocol =
        start == Start::http2_responses || start == Start::http2_requests ? Protocol::http2 : Protocol::http1;
    for (auto const& message : *messages) {
        if (auto sound = check(message, protocol, limits); sound.has_error()) return sound.error();
    }
    return messages;
}

}  // namespace

Parsed<Message> parse_response(std::string_view spec, ParseLimits const& limits) {
    auto messages = parse(Start::response, spec, limits);
    if (messages.has_error()) return std::move(messages).error();
    return std::move(messages->front());
}

Parsed<Message> parse_nested_response(std::string_view spec, Protocol protocol, ParseLimits const& limits) {
    if (protocol == Protocol::http1) return parse_response(spec, limits);
    auto messages = parse_http2_responses(spec, limits);
    if (messages.has_error()) return std::move(messages).error();
    if (messages->size() == 1) return std::move(messages->front());
    auto const end = static_cast<std::uint32_t>(spec.size());
    return SpecFailure{SpecErrc::syntax, "a nested spec holds one message", {end, end}};
}

Parsed<std::vector<Message>> parse_requests(std::string_view spec, ParseLimits const& limits) {
    return parse(Start::requests, spec, limits);
}

Parsed<std::vector<Message>> parse_frames(std::string_view spec, ParseLimits const& limits) {
    return parse(Start::frames, spec, limits);
}

Parsed<std::vector<Message>> parse_http2_responses(std::string_view spec, ParseLimits const& limits) {
    return parse(Start::http2_responses, spec, limits);
}

Parsed<std::vector<Message>> parse_http2_requests(std::string_view spec, ParseLimits const& limits) {
    return parse(Start::http2_requests, spec, limits);
}

}  // namespace pathology::language
