#include "prepared.hpp"

#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

namespace pathology::pathod {
namespace {

using namespace language;

/// Whether rendering gives the same plan each time.
bool is_constant(Message const& message, Settings const& settings, bool explain) {
    auto const* response = std::get_if<Response>(&message);
    if (response != nullptr && response->websocket) return false;  // depends on the key
    if (explain && has_generated_data(message)) return false;      // spelled out for each seed
    return !resolves_randomly(message, settings) && !loads_files(message);
}

}  // namespace

Prepared::Prepared(Message message, std::string spec)
    : message_(std::move(message)),
      spec_(std::move(spec)),
      line_("crafting spec: " + print(message_) + "\n"),
      pauses_(find<PauseAt>(features(message_)) != nullptr) {}

Parsed<PreparedPtr> Prepared::read(std::string spec, Settings const& settings, bool explain) {
    auto message = parse_response(spec);
    if (!message) return message.error();
    return of(std::move(*message), settings, explain, std::move(spec));
}

Parsed<PreparedPtr> Prepared::of(Message message, Settings const& settings, bool explain, std::string spec) {
    std::shared_ptr<Prepared> prepared(new Prepared(std::move(message), std::move(spec)));
    if (is_constant(prepared->message_, settings, explain)) {
        auto rendition = render(prepared->message_, settings, {.explain = explain}, 0);
        if (!rendition) return rendition.error();
        prepared->constant_ = std::move(*rendition);
    }
    return PreparedPtr(std::move(prepared));
}

bool Prepared::is_websocket() const {
    auto const* response = std::get_if<Response>(&message_);
    return response != nullptr && response->websocket;
}

}  // namespace pathology::pathod
