#include "prepared_spec.hpp"

#include <algorithm>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

namespace pathology::pathod {
namespace {

using namespace language;

/// Returns true if every request gets the same plan.
bool is_constant(Message const& message, Settings const& settings, bool explain) {
    auto const* response = std::get_if<Response>(&message);
    if (response != nullptr && response->websocket) return false;  // depends on Sec-WebSocket-Key
    if (explain && has_generated_data(message)) return false;      // the frozen spelling depends on the seed
    return !resolves_randomly(message, settings) && !loads_files(message);
}

bool has_place(Message const& message) { return find<WaitFor>(features(message)) != nullptr; }

Parsed<std::vector<Message>> parse(std::string_view spec, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return parse_http2_responses(spec);
    return parse_responses(spec);
}

}  // namespace

PreparedSpec::PreparedSpec(std::vector<Message> messages, std::string spec)
    : messages_(std::move(messages)),
      spec_(std::move(spec)),
      line_("crafting spec: " + language::print(messages_) + "\n"),
      pauses_(std::any_of(messages_.begin(), messages_.end(), language::pauses)),
      waits_(std::any_of(messages_.begin(), messages_.end(), has_place)) {}

Parsed<PreparedSpecPtr> PreparedSpec::read(std::string spec, Settings const& settings, bool explain) {
    auto messages = parse(spec, settings);
    if (!messages) return messages.error();
    return make(std::move(*messages), settings, explain, std::move(spec));
}

Parsed<PreparedSpecPtr> PreparedSpec::of(Message message, Settings const& settings, bool explain, std::string spec) {
    return make({std::move(message)}, settings, explain, std::move(spec));
}

Parsed<PreparedSpecPtr> PreparedSpec::make(std::vector<Message> messages, Settings const& settings, bool explain,
                                           std::string spec) {
    std::shared_ptr<PreparedSpec> prepared(new PreparedSpec(std::move(messages), std::move(spec)));
    auto const& all = prepared->messages_;
    // The common case, `200:b@1k` for every request: the plan is built once, and the Player generates other bytes by
    // seed.
    auto const is_same = [&](Message const& message) { return is_constant(message, settings, explain); };
    if (!std::all_of(all.begin(), all.end(), is_same)) return PreparedSpecPtr(std::move(prepared));
    auto rendered = render(all, settings, {.explain = explain}, 0);
    if (!rendered) return rendered.error();
    // The frames of an HTTP/2 response that is sent as it is carry a stream identifier, so there is a plan per stream.
    bool const fits_all = settings.protocol == Protocol::http1 || rendered->parts() != nullptr;
    if (fits_all) prepared->constant_ = std::move(*rendered);
    return PreparedSpecPtr(std::move(prepared));
}

bool PreparedSpec::is_websocket() const {
    return std::any_of(messages_.begin(), messages_.end(), [](Message const& message) {
        auto const* response = std::get_if<Response>(&message);
        return response != nullptr && response->websocket;
    });
}

}  // namespace pathology::pathod
