#include "prepared_message.hpp"

#include <pathology/language/print.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::pathoc {
namespace {

// The reader of responses needs the method, since HEAD and CONNECT change the framing (RFC 9112 §6.3). A random method
// is neither, for all practical purposes.
std::string spelled_method(language::Message const& message) {
    auto const* const request = std::get_if<language::Request>(&message);
    if (request == nullptr || !request->method) return "GET";
    auto const* const literal = std::get_if<language::Literal>(&*request->method);
    return literal != nullptr ? literal->bytes : "GET";
}

// The key is read from the resolved message, since the spec may give its own.
std::optional<std::string> websocket_key(language::Message const& resolved) {
    auto const* const request = std::get_if<language::Request>(&resolved);
    if (request == nullptr || !request->websocket) return std::nullopt;
    for (auto const& feature : request->features) {
        auto const* const header = std::get_if<language::Header>(&feature.is);
        if (header == nullptr) continue;
        auto const* const name = std::get_if<language::Literal>(&header->name);
        auto const* const value = std::get_if<language::Literal>(&header->value);
        if (name == nullptr || value == nullptr) continue;
        if (proxycore::http::equals_ignoring_case(name->bytes, "Sec-WebSocket-Key")) return value->bytes;
    }
    return std::nullopt;
}

}  // namespace

PreparedMessage::PreparedMessage(language::Message message, language::Settings settings, language::Freezing freezing)
    : message_(std::move(message)),
      settings_(std::move(settings)),
      freezing_(freezing),
      times_(language::times(message_)),
      has_response_(is_request() || (is_bytes() && settings_.protocol == language::Protocol::http1)),
      method_(spelled_method(message_)),
      canonical_(std::make_shared<std::string const>(language::print(message_))) {}

language::Parsed<PreparedMessage> PreparedMessage::make(language::Message message, language::Settings settings,
                                                        language::Freezing freezing, Checking checking) {
    PreparedMessage prepared(std::move(message), std::move(settings), freezing);
    // A trial reports what parsing cannot, such as files that are missing or lengths that do not fit.
    auto trial = prepared.craft_for(0, prepared.settings_);
    if (!trial && checking == Checking::before_sending) return trial.error();
    // The plan does not depend on the seed then, so it is shared by all connections.
    if (trial && !trial->random) prepared.constant_ = std::move(*trial);
    return prepared;
}

language::Parsed<CraftedMessage> PreparedMessage::craft(std::uint64_t seed, std::uint32_t stream) const {
    // The stream id is part of the bytes, so the constant plan fits one stream only.
    if (stream == settings_.http2.stream) return constant_.plan ? constant_ : craft_for(seed, settings_);
    auto settings = settings_;
    settings.http2.stream = stream;
    return craft_for(seed, settings);
}

language::Parsed<CraftedMessage> PreparedMessage::craft_for(std::uint64_t seed,
                                                            language::Settings const& settings) const {
    auto crafted = language::craft(message_, settings, seed, {.freezing = freezing_});
    if (!crafted) return crafted.error();
    CraftedMessage sending;
    sending.seed = seed;
    sending.spec = canonical_;
    sending.random = crafted->is_random;
    sending.websocket_key = websocket_key(crafted->message);
    if (freezing_ != language::Freezing::none) {
        sending.spec = std::make_shared<std::string const>(language::print(crafted->message));
        if (!crafted->is_frozen) sending.note = language::too_large_note;
    }
    sending.plan = std::make_shared<language::Plan const>(std::move(crafted->plan));
    return sending;
}

bool PreparedMessage::is_handshake() const {
    auto const* const request = std::get_if<language::Request>(&message_);
    return request != nullptr && request->websocket;
}

}  // namespace pathology::pathoc
