#include "refusal.hpp"

#include <array>

namespace pathology::pathod {
namespace {

using namespace language;

Message answer(std::string_view reason, std::string body) {
    Response response;
    response.code = "800";
    response.features = {Feature(Header{Literal{"Content-Type"}, Literal{"text/plain"}}),
                         Feature(Reason{Literal{std::string(reason)}}),
                         Feature(Body{Literal{"pathod error: " + std::move(body)}})};
    return response;
}

/// The line of the spec with the caret below, without the sentence that describe() puts above them.
std::string shown_place(SpecFailure const& failure, std::string_view spec) {
    auto const all = describe(SpecFailure{failure.code, {}, failure.span}, spec);
    return all.substr(all.find('\n') + 1) + "\n";
}

}  // namespace

std::string_view reason(Refusal refusal) {
    constexpr std::array<std::string_view, 4> reasons = {"Crafting disabled.", "File access denied.",
                                                         "Response too large.", "Pauses have been disabled."};
    return reasons[static_cast<std::size_t>(refusal)];
}

Message refusal_answer(Refusal refusal) { return answer(reason(refusal), std::string(reason(refusal))); }

Message not_found_answer() { return answer("Not found", "No valid craft request found"); }

Message parse_error_answer(SpecFailure const& failure, std::string_view spec) {
    return answer("Parse Error", "Error parsing response spec: " + failure.message + "\n" + shown_place(failure, spec));
}

Message bad_handshake_answer(proxycore::websocket::HandshakeFailure const& failure) {
    Response response;
    response.code = std::to_string(failure.status);
    response.features = {Feature(Header{Literal{"Content-Type"}, Literal{"text/plain"}}),
                         Feature(Header{Literal{"Sec-WebSocket-Version"}, Literal{"13"}}),
                         Feature(Body{Literal{"pathod error: bad WebSocket handshake: " + failure.message}})};
    if (failure.status == 405) response.features.emplace_back(Header{Literal{"Allow"}, Literal{"GET"}});
    if (failure.status == 426) {  // RFC 9110 §15.5.22
        response.features.emplace_back(Reason{Literal{"Upgrade Required"}});
        response.features.emplace_back(Header{Literal{"Upgrade"}, Literal{"websocket"}});
        response.features.emplace_back(Header{Literal{"Connection"}, Literal{"upgrade"}});
    }
    return response;
}

}  // namespace pathology::pathod
