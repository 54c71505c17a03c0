#include "prepared.hpp"

#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::pathoc {
namespace {

std::string spelled_method(language::Message const& message) {
    auto const* const request = std::get_if<language::Request>(&message);
    if (request == nullptr || !request->method) return "GET";
    auto const* const literal = std::get_if<language::Literal>(&*request->method);
    return literal != nullptr ? literal->bytes : "GET";
}

/// What stands in a nested spec is left to chance as long as it is not frozen.
bool has_nested_spec(language::Message const& message) {
    auto const& all = language::features(message);
    return language::find<language::NestedResponse>(all) != nullptr ||
           language::find<language::NestedFrame>(all) != nullptr;
}

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

Prepared::Prepared(language::Message message, language::Settings settings, Spelling spelling)
    : message_(std::move(message)),
      settings_(std::move(settings)),
      spelling_(spelling),
      times_(language::times(message_)),
      method_(spelled_method(message_)),
      random_(language::resolves_randomly(message_, settings_) || language::has_generated_data(message_) ||
              (spelling == Spelling::frozen && has_nested_spec(message_))),
      canonical_(std::make_shared<std::string const>(language::print(message_))) {}

language::Parsed<Prepared> Prepared::make(language::Message message, language::Settings settings, Spelling spelling,
                                          Checking checking) {
    Prepared prepared(std::move(message), std::move(settings), spelling);
    auto trial = prepared.craft_anew(0, prepared.settings_);
    if (!trial && checking == Checking::before_sending) return trial.error();
    if (trial && !prepared.random_) prepared.constant_ = std::move(*trial);
    return prepared;
}

language::Parsed<Crafted> Prepared::craft(std::uint64_t seed, std::uint32_t stream) const {
    if (stream == settings_.http2.stream) return constant_.plan ? constant_ : craft_anew(seed, settings_);
    auto settings = settings_;
    settings.http2.stream = stream;
    return craft_anew(seed, settings);
}

language::Parsed<Crafted> Prepared::craft_anew(std::uint64_t seed, language::Settings const& settings) const {
    language::Rng rng(seed);
    auto message = language::resolve(message_, settings, rng);
    if (!message) return message.error();
    Crafted crafted{nullptr, rng(), canonical_, random_, websocket_key(*message)};
    if (spelling_ == Spelling::frozen) {
        message = language::freeze(*message, settings, crafted.seed);
        if (!message) return message.error();
        crafted.spec = std::make_shared<std::string const>(language::print(*message));
    }
    auto plan = language::make_plan(*message, settings);
    if (!plan) return plan.error();
    crafted.plan = std::make_shared<language::Plan const>(std::move(*plan));
    return crafted;
}

bool Prepared::is_http2_frame() const {
    return settings_.protocol == language::Protocol::http2 && !std::holds_alternative<language::Request>(message_);
}

bool Prepared::is_handshake() const {
    auto const* const request = std::get_if<language::Request>(&message_);
    return request != nullptr && request->websocket;
}

}  // namespace pathology::pathoc
