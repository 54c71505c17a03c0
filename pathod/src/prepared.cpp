#include "prepared.hpp"

#include <algorithm>
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

std::string print_all(std::vector<Message> const& messages) {
    std::string text;
    for (auto const& message : messages) text += (text.empty() ? "" : " ") + print(message);
    return text;
}

bool pauses_in(Message const& message) { return find<PauseAt>(features(message)) != nullptr; }

Parsed<std::vector<Message>> parse(std::string_view spec, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return parse_http2_responses(spec);
    auto message = parse_response(spec);
    if (!message) return message.error();
    return std::vector<Message>{std::move(*message)};
}

}  // namespace

Prepared::Prepared(std::vector<Message> messages, std::string spec)
    : messages_(std::move(messages)),
      spec_(std::move(spec)),
      line_("crafting spec: " + print_all(messages_) + "\n"),
      pauses_(std::any_of(messages_.begin(), messages_.end(), pauses_in)) {}

Parsed<PreparedPtr> Prepared::read(std::string spec, Settings const& settings, bool explain) {
    auto messages = parse(spec, settings);
    if (!messages) return messages.error();
    return make(std::move(*messages), settings, explain, std::move(spec));
}

Parsed<PreparedPtr> Prepared::of(Message message, Settings const& settings, bool explain, std::string spec) {
    return make({std::move(message)}, settings, explain, std::move(spec));
}

Parsed<PreparedPtr> Prepared::make(std::vector<Message> messages, Settings const& settings, bool explain,
                                   std::string spec) {
    std::shared_ptr<Prepared> prepared(new Prepared(std::move(messages), std::move(spec)));
    auto const& all = prepared->messages_;
    if (all.size() != 1 || !is_constant(all.front(), settings, explain)) return PreparedPtr(std::move(prepared));
    auto rendition = render(all, settings, {.explain = explain}, 0);
    if (!rendition) return rendition.error();
    // What has to be sent as it is names its stream, and is planned for each.
    bool const fits_all = settings.protocol == Protocol::http1 || rendition->parts() != nullptr;
    if (fits_all) prepared->constant_ = std::move(*rendition);
    return PreparedPtr(std::move(prepared));
}

bool Prepared::is_websocket() const {
    auto const* response = messages_.empty() ? nullptr : std::get_if<Response>(&messages_.front());
    return response != nullptr && response->websocket;
}

}  // namespace pathology::pathod
