#include "builtin_responses.hpp"

#include <array>
#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::pathod {
namespace {

using namespace language;

Message plain_response(std::string_view reason, std::string body) {
    Response response;
    // Not an HTTP status: a test sees that the response is an error of pathod and not its spec.
    response.code = "800";
    response.features = {Feature(Header{Literal{"Content-Type"}, Literal{"text/plain"}}),
                         Feature(Reason{Literal{std::string(reason)}}),
                         Feature(Body{Literal{"pathod error: " + std::move(body)}})};
    return response;
}

/// The line of the spec, the caret below it, and the hint: describe() without its first line, the message.
std::string shown_place(SpecFailure const& failure, std::string_view spec) {
    auto const all = describe(SpecFailure{failure.code, {}, failure.span, failure.hint}, spec);
    return all.substr(all.find('\n') + 1) + "\n";
}

}  // namespace

std::string_view reason(PolicyViolation violation) {
    constexpr std::array<std::string_view, 4> reasons = {"Crafting disabled.", "File access denied.",
                                                         "Response too large.", "Pauses have been disabled."};
    return reasons[static_cast<std::size_t>(violation)];
}

Message policy_response(PolicyViolation violation) {
    return plain_response(reason(violation), std::string(reason(violation)));
}

Message not_found_response(UnmatchedRequest const& request) {
    auto const prefix = std::string(request.craft_prefix);
    auto const why = request.path == prefix ? "has no spec behind " + prefix
                                            : "matches no anchor, and its path does not begin with " + prefix;
    auto const with_anchor = "start pathod with -a PATTERN=SPEC, such as -a '/foo=200'.\n";
    auto const with_path = "Request " + prefix + "SPEC, such as " + prefix + "200:b'hello', or ";
    return plain_response("Not found", "No valid craft request found: " + shown_request(request.method, request.path) +
                                           " from " + std::string(request.client) + " " + why + ".\n" +
                                           (request.may_craft ? with_path : "Specs in paths are disabled: ") +
                                           with_anchor);
}

std::string shown_request(std::string_view method, std::string_view target) {
    constexpr std::size_t max_target = 256;
    return proxycore::http::escaped(method) + " " + proxycore::http::escaped(target.substr(0, max_target)) +
           (target.size() > max_target ? "..." : "");
}

Message parse_error_response(SpecFailure const& failure, std::string_view spec) {
    return plain_response("Parse Error",
                          "Error parsing response spec: " + failure.message + "\n" + shown_place(failure, spec));
}

Message bad_anchor_response(std::string const& reason) {
    return plain_response("Anchor Error", "No anchor can be chosen: " + reason + "\n");
}

Message failed_function_response(std::string_view text) {
    Response response;
    response.code = "500";
    response.features = {Feature(Header{Literal{"Content-Type"}, Literal{"text/plain"}}),
                         Feature(Body{Literal{"pathod error: exception: " + std::string(text) + "\n"}})};
    return response;
}

Message rejection_response(Rejection const& rejection, bool closes) {
    Response response;
    response.code = std::to_string(rejection.status);
    response.features = {Feature(Header{Literal{"Content-Type"}, Literal{"text/plain"}})};
    if (closes) response.features.emplace_back(Header{Literal{"Connection"}, Literal{"close"}});
    if (rejection.status == 431) response.features.emplace_back(Reason{Literal{"Request Header Fields Too Large"}});
    response.features.emplace_back(Body{Literal{"pathod error: " + rejection.message + "\n"}});
    return response;
}

Message bad_handshake_response(proxycore::websocket::HandshakeFailure const& failure) {
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
