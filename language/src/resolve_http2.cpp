#include "resolve_http2.hpp"

#include <pathology/language/generator.hpp>

namespace pathology::language {
namespace {

/// Calls `visit(Value&)` for every value that becomes the name or value of a field, or a part of one.
template <class FeaturesRef, class Visit> void for_each_header_value(FeaturesRef& features, Visit visit) {
    for (auto& feature : features) {
        if (auto* header = std::get_if<Header>(&feature.is)) {
            visit(header->name);
            visit(header->value);
        } else if (auto* type = std::get_if<ContentType>(&feature.is)) {
            visit(type->value);
        } else if (auto* location = std::get_if<Location>(&feature.is)) {
            visit(location->value);
        } else if (auto* agent = std::get_if<UserAgent>(&feature.is)) {
            if (auto* value = std::get_if<Value>(&agent->is)) visit(*value);
        }
    }
}
template <class Visit> void for_each_header_text(Response& response, Visit visit) {
    for_each_header_value(response.features, visit);
}
template <class Visit> void for_each_header_text(Request& request, Visit visit) {
    if (request.method) visit(*request.method);
    visit(request.path);
    for_each_header_value(request.features, visit);
}
template <class Visit> void for_each_header_text(Http2Frame& frame, Visit visit) {
    for (auto& part : frame.payload) {
        auto* field = std::get_if<PayloadField>(&part);
        if (field == nullptr) continue;
        visit(field->name);
        visit(field->value);
    }
}

bool is_drawn(Value const& value) {
    auto const* generated = std::get_if<Generated>(&value);
    return generated != nullptr && generated->size() <= known_header_text;
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

SpecFailure no_handshake() {
    return {SpecErrc::wrong_protocol,
            "ws is a handshake of HTTP/1; over HTTP/2 it is a request such as 'CONNECT':/chat:h':protocol'='websocket'",
            {}};
}

}  // namespace

Parsed<void> check_http2(Response const& response) {
    if (response.websocket) return no_handshake();
    auto const* reason = find_feature<Reason>(response.features);
    if (reason == nullptr) return {};
    return SpecFailure{SpecErrc::wrong_protocol, "HTTP/2 has no reasons; leave m out", reason->span};
}

Parsed<void> check_http2(Request const& request) { return request.websocket ? no_handshake() : Parsed<void>(); }

Parsed<void> complete_http2(Response& response, Rng& rng) {
    if (auto sound = check_http2(response); sound.has_error()) return sound;
    draw(response, rng);
    return {};
}

Parsed<void> complete_http2(Request& request, Rng& rng) {
    if (auto sound = check_http2(request); sound.has_error()) return sound;
    draw(request, rng);
    return {};
}

void draw_header_text(Http2Frame& frame, Rng& rng) { draw(frame, rng); }

bool draws_header_text(Message const& message, Protocol protocol) {
    if (auto const* frame = std::get_if<Http2Frame>(&message)) return draws(*frame);
    if (protocol == Protocol::http1) return false;
    if (auto const* response = std::get_if<Response>(&message)) return draws(*response);
    if (auto const* request = std::get_if<Request>(&message)) return draws(*request);
    return false;
}

}  // namespace pathology::language
