// Checks around the grammar: text before it, duplicates and nested specs after it. A nested spec is parsed here only to
// report its errors early; the AST keeps its text.

#include <pathology/language/parse.hpp>

#include <algorithm>
#include <array>

#include "comments.hpp"
#include "grammar/grammar.hpp"

namespace pathology::language {
namespace {

using grammar::Start;

/// Moves a failure in a nested spec to the place of that spec in the outer one.
SpecFailure inside(SourceSpan outer, SpecFailure failure, std::string_view what) {
    failure.message = std::string("in the nested ") + std::string(what) + ", column " +
                      std::to_string(failure.span.begin + 1) + ": " + failure.message;
    failure.span = outer;
    return failure;
}

Parsed<void> check_nested(Feature const& feature, Protocol protocol, ParseLimits const& limits) {
    if (auto const* response = std::get_if<NestedResponse>(&feature.is)) {
        // Errors are reported when the spec is parsed, not when the server responds.
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

/// Finds duplicates of what a message has at most one of, by exclusive_name().
class SeenOnce {
public:
    /// Returns false if the name was seen before.
    bool add(std::string_view name) {
        auto const end = names_.begin() + static_cast<std::ptrdiff_t>(count_);
        if (std::find(names_.begin(), end, name) != end) return false;
        names_.at(count_++) = name;
        return true;
    }

private:
    std::array<std::string_view, token_table.size() + flag_names.size()> names_;  // there are no more names than that
    std::size_t count_ = 0;
};

Parsed<void> check(Message const& message, Protocol protocol, ParseLimits const& limits) {
    SeenOnce seen;
    for (auto const& feature : features(message)) {
        if (auto const name = exclusive_name(feature); !name.empty() && !seen.add(name)) {
            return SpecFailure{SpecErrc::given_twice, "a second " + std::string(name) + "; a message has at most one",
                               feature.span};
        }
        if (auto nested = check_nested(feature, protocol, limits); nested.has_error()) return nested;
    }
    return {};
}

// Before parsing: the grammar uses memory in proportion to the text.
Parsed<void> check_length(std::string_view spec, ParseLimits const& limits) {
    if (spec.size() <= limits.max_length) return {};
    auto const end = static_cast<std::uint32_t>(std::min<std::size_t>(limits.max_length, UINT32_MAX));
    return SpecFailure{SpecErrc::too_long,
                       "the spec has " + std::to_string(spec.size()) + " bytes, more than the limit of " +
                           std::to_string(limits.max_length) + "; load large values from files with <path",
                       {end, end}};
}

Parsed<void> check_ascii(std::string_view spec) {
    auto const bad =
        std::find_if(spec.begin(), spec.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
    if (bad == spec.end()) return {};
    auto const place = static_cast<std::uint32_t>(bad - spec.begin());
    return SpecFailure{
        SpecErrc::not_ascii, "a spec is ASCII text; write this byte as an escape such as \\xe9", {place, place + 1}};
}

bool is_response(Message const& message) {
    return std::holds_alternative<Response>(message) || std::holds_alternative<RawMessage>(message);
}

/// RFC 9110 §15.2: a final response follows. 101 is the last one over HTTP/1.
void mark_interim_responses(std::vector<Message>& messages) {
    bool is_followed = false;
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        auto* response = std::get_if<Response>(&*message);
        if (response != nullptr && response->code && response->code->size() == 3 && response->code->front() == '1')
            response->is_interim = is_followed && *response->code != "101";
        is_followed = is_followed || is_response(*message);
    }
}

Parsed<std::vector<Message>> parse(Start start, std::string_view spec, ParseLimits const& limits) {
    if (auto sound = check_length(spec, limits); sound.has_error()) return sound.error();
    std::string uncommented;
    if (spec.find('#') != std::string_view::npos) {
        uncommented = spec;
        blank_comments(uncommented);
        spec = uncommented;
    }
    // The frames of a WebSocket message are parsed as they arrive; their literals may have any byte.
    if (start != Start::frames) {
        if (auto sound = check_ascii(spec); sound.has_error()) return sound.error();
    }
    auto messages = grammar::parse(start, spec);
    if (messages.has_error()) return messages;
    auto const protocol =
        start == Start::http2_responses || start == Start::http2_requests ? Protocol::http2 : Protocol::http1;
    for (auto const& message : *messages) {
        if (auto sound = check(message, protocol, limits); sound.has_error()) return sound.error();
    }
    mark_interim_responses(*messages);
    return messages;
}

}  // namespace

Parsed<Message> parse_response(std::string_view spec, ParseLimits const& limits) {
    auto messages = parse(Start::response, spec, limits);
    if (messages.has_error()) return std::move(messages).error();
    return std::move(messages->front());
}

Parsed<std::vector<Message>> parse_responses(std::string_view spec, ParseLimits const& limits) {
    return parse(Start::responses, spec, limits);
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
