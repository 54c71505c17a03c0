#include "body.hpp"

#include <algorithm>
#include <pathology/language/http2.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::language {
namespace {

bool is_action(Feature const& part) {
    return std::holds_alternative<PauseAt>(part.is) || std::holds_alternative<DisconnectAt>(part.is) ||
           std::holds_alternative<InjectAt>(part.is);
}

bool is_content_length(Feature const& part) {
    auto const* header = std::get_if<Header>(&part.is);
    auto const* name = header != nullptr ? std::get_if<Literal>(&header->name) : nullptr;
    return name != nullptr && proxycore::http::equals_ignoring_case(name->bytes, "content-length");
}

/// Says how long the body is that is going to be taken out. By HTTP/1 resolve() did; by HTTP/2 it is left to the plan.
Parsed<void> announce_body(Message& resolved, Settings const& settings) {
    auto& parts = features(resolved);
    bool const is_said = std::any_of(parts.begin(), parts.end(), is_content_length) || find<Raw>(parts) != nullptr;
    if (settings.protocol == Protocol::http1 || is_said) return {};
    auto plain = resolved;
    std::erase_if(features(plain), is_action);
    auto const made = make_http2_parts(plain, settings);
    if (made.has_error()) return made.error();
    if (!*made) return {};
    auto length = std::to_string((*made)->body.length);
    parts.emplace_back(Header{Literal{"content-length"}, Literal{std::move(length)}});
    return {};
}

}  // namespace

Parsed<void> remove_body(Message& resolved, Settings const& settings) {
    if (!std::holds_alternative<Response>(resolved)) return {};
    if (auto const announced = announce_body(resolved, settings); announced.has_error()) return announced.error();
    auto& parts = features(resolved);
    std::erase_if(parts, [](Feature const& part) { return std::holds_alternative<Body>(part.is); });
    auto const head = base_length(resolved, settings);
    if (head.has_error()) return head.error();
    std::erase_if(parts, [&](Feature const& part) {
        auto const* injection = std::get_if<InjectAt>(&part.is);
        return injection != nullptr && injection->at.number > *head;
    });
    return {};
}

}  // namespace pathology::language
