//     message ─▶ complete(): what the language adds, by kind of message ─▶ place_offsets(): places become numbers
//
// Order matters for replay: the Rng is used in the order of the features, so the same seed gives the same message.

#include <pathology/language/resolve.hpp>

#include <algorithm>
#include <array>
#include <pathology/language/generator.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/timing.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>

#include "layout.hpp"
#include "resolving.hpp"

namespace pathology::language {
namespace {

namespace http = proxycore::http;
namespace websocket = proxycore::websocket;

Feature literal_header(std::string_view name, std::string_view value) {
    return Feature(Header{Literal{std::string(name), false}, Literal{std::string(value), false}});
}

/// Adds a header field unless the spec gives it.
Parsed<void> add_header(Features& features, std::string_view name, std::string_view value, Settings const& settings) {
    auto const given = gives_header(features, name, settings);
    if (given.has_error()) return given.error();
    if (!*given) features.push_back(literal_header(name, value));
    return {};
}

Parsed<void> add_content_length(Features& features, Settings const& settings) {
    auto const length = content_size(features, settings);
    if (length.has_error()) return length.error();
    return add_header(features, "Content-Length", std::to_string(*length), settings);
}

/// Adds Transfer-Encoding and the last chunk (RFC 9112 §7.1). A message whose last chunk has no data has one.
Parsed<void> add_chunked_coding(Features& features, Settings const& settings) {
    bool has_trailer = false;
    Feature const* last = nullptr;
    for (auto const& feature : features) {
        has_trailer = has_trailer || std::holds_alternative<Trailer>(feature.is);
        if (std::holds_alternative<Chunk>(feature.is)) last = &feature;
    }
    std::uint64_t size = 1;
    if (last != nullptr) {
        auto const measured = measure(std::get<Chunk>(last->is).data, settings);
        if (measured.has_error()) return at(*last, measured.error());
        size = *measured;
    }
    if (auto added = add_header(features, "Transfer-Encoding", "chunked", settings); added.has_error()) return added;
    if (last != nullptr && size == 0) return {};
    Chunk end{.data = Literal{}};
    // The trailer section ends with an empty line of its own.
    if (has_trailer) end.end = Literal{};
    features.emplace_back(std::move(end));
    return {};
}

/// Adds the fields that tell where the content ends.
Parsed<void> add_framing(Features& features, Settings const& settings) {
    auto const* trailer = find_feature<Trailer>(features);
    bool const is_chunked = find<Chunk>(features) != nullptr || trailer != nullptr;
    if (!is_chunked) return add_content_length(features, settings);
    if (trailer != nullptr && find<Chunk>(features) == nullptr && find<Body>(features) != nullptr) {
        return SpecFailure{SpecErrc::syntax,
                           "HTTP/1 has trailer fields behind chunks alone; write k in place of b, or r to add nothing",
                           trailer->span};
    }
    return add_chunked_coding(features, settings);
}

/// The host of a request: that of an absolute URL, else the host connected to.
std::string host_of(Value const& path, std::string_view connecting_to) {
    if (auto const* literal = std::get_if<Literal>(&path)) {
        auto const target = http::parse_target(literal->bytes);
        if (target.form == http::TargetForm::absolute && !target.host.empty()) return lower(target.host);
    }
    return std::string(connecting_to);
}

bool is_content(Feature const& feature) {
    return std::visit([]<class Token>(Token const&) { return ContentToken<Token>; }, feature.is);
}

// --- what each kind of message gets added ----------------------------------------------------------------------------

Parsed<void> complete(Response& response, Settings const& settings, Rng& rng) {
    if (settings.protocol == Protocol::http2) {
        if (auto sound = check_http2(response); sound.has_error()) return sound;
        draw_header_text(response, rng);
        return {};
    }
    auto& features = response.features;
    // RFC 6455 §4.2.2. The accept value depends on the key of the request, so a `ws` response has no meaning without
    // one.
    if (response.websocket) {
        auto const has_accept = gives_header(features, "sec-websocket-accept", settings);
        if (has_accept.has_error()) return has_accept.error();
        if (!*has_accept && !settings.websocket_key) {
            return SpecFailure{
                SpecErrc::needs_handshake, "ws responds to a WebSocket handshake, and the request is not one", {}};
        }
        if (!response.code) response.code = "101";
        auto const accept = *has_accept ? std::string() : websocket::accept_key(*settings.websocket_key);
        for (auto const& [name, value] : {std::pair<std::string_view, std::string_view>{"connection", "upgrade"},
                                          {"upgrade", "websocket"},
                                          {"sec-websocket-accept", accept}}) {
            if (auto added = add_header(features, name, value, settings); added.has_error()) return added;
        }
    }
    // `r` means the message as written. Otherwise also an empty body has a length, or a client would wait for the close
    // (RFC 9112 §6.3).
    return find<Raw>(features) != nullptr || response.is_interim ? Parsed<void>() : add_framing(features, settings);
}

Parsed<void> complete(Request& request, Settings const& settings, Rng& rng) {
    if (settings.protocol == Protocol::http2) {
        if (auto sound = check_http2(request); sound.has_error()) return sound;
        draw_header_text(request, rng);
        return {};
    }
    auto& features = request.features;
    if (request.websocket) {
        // RFC 6455 §4.1: GET, Host, Upgrade, Connection, key and version 13.
        if (!request.method) request.method = Literal{"GET", false};
        std::array<std::byte, 16> nonce{};
        for (auto& byte : nonce) byte = static_cast<std::byte>(rng.below(256));
        auto const key = websocket::make_key(nonce);
        for (auto const& [name, value] : {std::pair<std::string_view, std::string_view>{"connection", "upgrade"},
                                          {"upgrade", "websocket"},
                                          {"sec-websocket-version", "13"},
                                          {"sec-websocket-key", key}}) {
            if (auto added = add_header(features, name, value, settings); added.has_error()) return added;
        }
    }
    if (find<Raw>(features) != nullptr) return {};
    // A request without body needs no length (RFC 9112 §6.3, rule 7).
    bool const has_content = std::any_of(features.begin(), features.end(), is_content);
    if (has_content) {
        if (auto added = add_framing(features, settings); added.has_error()) return added;
    }
    if (!settings.request_host) return {};
    return add_header(features, "Host", host_of(request.path, *settings.request_host), settings);
}

Parsed<void> complete(Http2Frame& frame, Settings const& settings, Rng& rng) {
    if (auto const placed = place_streams(frame, settings); placed.has_error()) return placed;
    draw_header_text(frame, rng);
    return {};
}

Parsed<void> complete(RawMessage& /*message*/, Settings const& /*settings*/, Rng& /*rng*/) { return {}; }

Parsed<void> complete(Http2Preface& /*preface*/, Settings const& /*settings*/, Rng& /*rng*/) { return {}; }

// --- times -----------------------------------------------------------------------------------------------------------

bool is_range(Feature const& feature) {
    auto const* const pause = std::get_if<PauseAt>(&feature.is);
    return pause != nullptr && pause->longest;
}

/// Draws a time of each range.
void draw_times(Features& features, Rng& rng) {
    for (auto& feature : features) {
        if (!is_range(feature)) continue;
        auto& pause = std::get<PauseAt>(feature.is);
        pause.time = draw({pause.time, pause.longest}, rng);
        pause.longest.reset();
    }
}

}  // namespace

Parsed<void> complete(Message& message, Settings const& settings, Rng& rng) {
    // The count belongs to the script; a resolved message is sent once.
    if (find<Times>(features(message)) != nullptr) message = without_times(std::move(message));
    draw_times(features(message), rng);
    return std::visit([&](auto& is) { return complete(is, settings, rng); }, message);
}

Parsed<Message> resolve(Message const& message, Settings const& settings, Rng& rng) {
    Message resolved = message;
    if (auto const done = complete(resolved, settings, rng); done.has_error()) return done.error();
    // Laying out a message to measure it is the expensive part.
    if (!has_open_offset(resolved)) return resolved;
    auto const base = lay_out(resolved, settings);
    if (base.has_error()) return base.error();
    if (auto const placed = place_offsets(resolved, *base, rng); placed.has_error()) return placed.error();
    return resolved;
}

bool resolves_randomly(Message const& message, Settings const& settings) {
    auto const* request = std::get_if<Request>(&message);
    // Each of these conditions repeats one draw of the functions above. A message for which all are false resolves to
    // the same bytes with any seed, so its plan is shared.
    if (request != nullptr && request->websocket) return true;
    auto const* frame = std::get_if<Frame>(&message);
    if (frame != nullptr && draws_masking_key(*frame, settings)) return true;
    if (draws_header_text(message, settings.protocol)) return true;
    return std::any_of(features(message).begin(), features(message).end(), [](Feature const& feature) {
        auto const* offset = offset_of(feature);
        return is_range(feature) || (offset != nullptr && offset->kind == Offset::Kind::random);
    });
}

bool has_generated_data(Message const& message) {
    bool generates = false;
    for_each_value(message,
                   [&](Value const& value) { generates = generates || std::holds_alternative<Generated>(value); });
    return generates;
}

bool takes_time(Feature const& feature) {
    if (auto const* wait = std::get_if<WaitFor>(&feature.is)) return wait->rate && wait->rate->each != PauseTime{};
    if (auto const* rate = std::get_if<RateFrom>(&feature.is)) return rate->rate && rate->rate->each != PauseTime{};
    auto const* const end = std::get_if<DisconnectAt>(&feature.is);
    return std::holds_alternative<PauseAt>(feature.is) || (end != nullptr && end->how == Ending::hold);
}

bool pauses(Message const& message) {
    return std::any_of(features(message).begin(), features(message).end(), takes_time);
}

bool loads_files(Message const& message) {
    bool loads = false;
    for_each_value(message, [&](Value const& value) { loads = loads || std::holds_alternative<FileValue>(value); });
    return loads;
}

}  // namespace pathology::language
