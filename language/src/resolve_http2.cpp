// complete() for messages of HTTP/2. It adds no features: pseudo-header fields and lengths are added with the frames.
// It rejects features that HTTP/2 does not have, places relative streams, and draws header text, see resolving.hpp.

#include <algorithm>
#include <pathology/language/generator.hpp>

#include "resolving.hpp"

namespace pathology::language {
namespace {

/// Calls `visit(Value&)` for every value that becomes the name or value of a field, or a part of one.
template <class Visit> void for_each_field_value(Features& features, Visit visit) {
    auto const visit_token = [&]<class Token>(Token& token) {
        if constexpr (FieldToken<Token> || std::same_as<Token, Trailer>) for_each_value_of(token, visit);
    };
    for (auto& feature : features) std::visit(visit_token, feature.is);
}
template <class Visit> void for_each_header_text(Response& response, Visit visit) {
    for_each_field_value(response.features, visit);
}
template <class Visit> void for_each_header_text(Request& request, Visit visit) {
    if (request.method) visit(*request.method);
    visit(request.path);
    for_each_field_value(request.features, visit);
}
template <class Visit> void for_each_header_text(Http2Frame& frame, Visit visit) {
    for (auto& part : frame.payload) {
        auto* field = std::get_if<PayloadField>(&part);
        if (field == nullptr) continue;
        visit(field->name);
        visit(field->value);
    }
}

// Field blocks are encoded when the plan is made, so generated text in them becomes literal here.
bool is_drawn(Value const& value) {
    auto const* generated = std::get_if<Generated>(&value);
    return generated != nullptr && generated->size() <= max_known_header_text;
}

template <class Text> void draw(Text& text, Rng& rng) {
    for_each_header_text(text, [&](Value& value) {
        if (!is_drawn(value)) return;
        auto const generated = std::get<Generated>(value);
        Literal drawn{std::string(generated.size(), '\0'), false};
        generate(generated.type, rng(), 0, drawn.bytes);
        value = std::move(drawn);
    });
}

template <class Text> bool draws(Text text) {
    bool any = false;
    for_each_header_text(text, [&](Value const& value) { any = any || is_drawn(value); });
    return any;
}

template <class Text> Parsed<void> check(Text const& text) {
    if (text.websocket) {
        return SpecFailure{SpecErrc::wrong_protocol,
                           "ws is a handshake of HTTP/1; over HTTP/2 write 'CONNECT':PATH:h':protocol'='websocket'",
                           {}};
    }
    for (auto const& feature : text.features) {
        auto const* chunk = std::get_if<Chunk>(&feature.is);
        if (chunk != nullptr && (chunk->size_line || chunk->end)) {
            return SpecFailure{
                SpecErrc::wrong_protocol,
                "HTTP/2 has DATA frames in place of chunks, without size lines; write k and the data alone",
                feature.span};
        }
        auto const refusal = token_info(feature).not_over_http2;
        if (!refusal.empty()) return SpecFailure{SpecErrc::wrong_protocol, std::string(refusal), feature.span};
    }
    return {};
}

Parsed<void> check(RelativeStream const& relative, Settings const& settings) {
    std::string_view refusal;
    if (settings.protocol == Protocol::http1) {
        refusal = "this and next are streams of HTTP/2; over HTTP/1 write the number of the stream";
    } else if (relative.is_new && settings.role == Role::server) {
        refusal = "next is a stream that a client opens over HTTP/2; a server writes this+1, or a number";
    }
    if (refusal.empty()) return {};
    return SpecFailure{SpecErrc::wrong_protocol, std::string(refusal), relative.span};
}

std::uint32_t number_of(RelativeStream const& relative, Settings const& settings) {
    auto const stream = std::int64_t{settings.http2.stream} + relative.shift;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(stream, 0, UINT32_MAX));
}

}  // namespace

Parsed<void> place_streams(Http2Frame& frame, Settings const& settings) {
    if (frame.stream && frame.stream->relative) {
        if (auto const sound = check(*frame.stream->relative, settings); sound.has_error()) return sound;
        auto const stream = number_of(*frame.stream->relative, settings);
        frame.stream = FrameNumber{stream, std::to_string(stream)};
        // Without type and flags a number would be read as the length or the type.
        if (!frame.type && !frame.flags) frame.type = FrameNumber{0, "DATA"};
    }
    for (auto& part : frame.payload) {
        auto* const number = std::get_if<PayloadNumber>(&part);
        if (number == nullptr || !number->relative) continue;
        if (auto const sound = check(*number->relative, settings); sound.has_error()) return sound;
        auto const stream = number_of(*number->relative, settings);
        auto const key = number->text.substr(0, number->text.find('=') + 1);
        *number = PayloadNumber{stream, number->width, key + std::to_string(stream)};
    }
    return {};
}

Parsed<void> check_http2(Response const& response) { return check(response); }

Parsed<void> check_http2(Request const& request) { return check(request); }

void draw_header_text(Response& response, Rng& rng) { draw(response, rng); }

void draw_header_text(Request& request, Rng& rng) { draw(request, rng); }

void draw_header_text(Http2Frame& frame, Rng& rng) { draw(frame, rng); }

bool draws_header_text(Message const& message, Protocol protocol) {
    if (auto const* frame = std::get_if<Http2Frame>(&message)) return draws(*frame);
    if (protocol == Protocol::http1) return false;
    if (auto const* response = std::get_if<Response>(&message)) return draws(*response);
    if (auto const* request = std::get_if<Request>(&message)) return draws(*request);
    return false;
}

}  // namespace pathology::language
