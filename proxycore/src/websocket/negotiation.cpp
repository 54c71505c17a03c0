// permessage-deflate: offers and responses (RFC 7692 §5, §7.1).
#include <algorithm>
#include <pathology/proxycore/websocket/deflate.hpp>
#include <utility>

namespace pathology::proxycore::websocket {
namespace {

constexpr std::string_view extension_name = "permessage-deflate";

/// 8 to 15 without leading zeros (RFC 7692 §7.1.2.1).
std::optional<unsigned> window_bits(std::string_view value) {
    if (value == "8" || value == "9") return static_cast<unsigned>(value[0] - '0');
    if (value.size() != 2 || value[0] != '1' || value[1] < '0' || value[1] > '5') return std::nullopt;
    return 10 + static_cast<unsigned>(value[1] - '0');
}

/// Sets one parameter; returns false if it is unknown, repeated or has an invalid value.
bool enter(DeflateParameters& into, Extension::Parameter const& parameter) {
    auto const& [name, value] = parameter;
    if (name == "server_no_context_takeover") return !value && !std::exchange(into.server_no_context_takeover, true);
    if (name == "client_no_context_takeover") return !value && !std::exchange(into.client_no_context_takeover, true);
    if (name == "server_max_window_bits") {
        if (!value || into.server_max_window_bits) return false;
        return (into.server_max_window_bits = window_bits(*value)).has_value();
    }
    if (name != "client_max_window_bits" || into.client_max_window_bits) return false;
    into.client_max_window_bits = value ? window_bits(*value) : widest_window;
    return into.client_max_window_bits.has_value();
}

/// The smaller of two windows; std::nullopt is the largest.
std::optional<unsigned> narrower(std::optional<unsigned> a, std::optional<unsigned> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

DeflateParameters accept_offer(DeflateParameters const& offer, DeflateParameters const& wanted) {
    DeflateParameters response;
    response.server_no_context_takeover = offer.server_no_context_takeover || wanted.server_no_context_takeover;
    response.client_no_context_takeover = offer.client_no_context_takeover || wanted.client_no_context_takeover;
    response.server_max_window_bits = narrower(offer.server_max_window_bits, wanted.server_max_window_bits);
    // RFC 7692 §7.1.2.2: only a client that offered the parameter may be limited by it.
    if (offer.client_max_window_bits && wanted.client_max_window_bits)
        response.client_max_window_bits = narrower(offer.client_max_window_bits, wanted.client_max_window_bits);
    return response;
}

/// The client's window may lack a value in an offer, but not in a response (RFC 7692 §7.1.2.2).
bool lacks_value(Extension const& response) {
    auto const is_bare = [](auto const& parameter) {
        return parameter.name == "client_max_window_bits" && !parameter.value;
    };
    return std::any_of(response.parameters.begin(), response.parameters.end(), is_bare);
}

/// What is wrong with a response to an offer; empty if nothing.
std::string_view fault(DeflateParameters const& response, DeflateParameters const& offered) {
    if (offered.server_no_context_takeover && !response.server_no_context_takeover)
        return "the server did not accept server_no_context_takeover";
    auto const asked = offered.server_max_window_bits;
    if (asked && response.server_max_window_bits.value_or(widest_window) > *asked)
        return "the server's window is wider than the server_max_window_bits of the offer";
    if (response.client_max_window_bits && !offered.client_max_window_bits)
        return "the server chose client_max_window_bits, which was not offered";
    return {};
}

}  // namespace

std::optional<DeflateParameters> parse_deflate(Extension const& extension) {
    if (extension.name != extension_name) return std::nullopt;
    DeflateParameters parameters;
    for (auto const& parameter : extension.parameters)
        if (!enter(parameters, parameter)) return std::nullopt;
    return parameters;
}

std::string to_string(DeflateParameters const& parameters) {
    Extension extension{std::string(extension_name), {}};
    auto& list = extension.parameters;
    if (parameters.server_no_context_takeover) list.push_back({"server_no_context_takeover", std::nullopt});
    if (parameters.client_no_context_takeover) list.push_back({"client_no_context_takeover", std::nullopt});
    if (auto const bits = parameters.server_max_window_bits)
        list.push_back({"server_max_window_bits", std::to_string(*bits)});
    if (auto const bits = parameters.client_max_window_bits)
        list.push_back({"client_max_window_bits", std::to_string(*bits)});
    return to_string(extension);
}

std::optional<DeflateParameters> accept_deflate(http::Fields const& request, DeflateParameters const& wanted) {
    auto const extensions = parse_extensions(request);
    if (!extensions) return std::nullopt;
    for (auto const& extension : *extensions)
        // An offer with an unknown or repeated parameter is skipped; the client may repeat it without (RFC 7692 §5.1).
        if (auto const offer = parse_deflate(extension)) return accept_offer(*offer, wanted);
    return std::nullopt;
}

boost::system::result<std::optional<DeflateParameters>, std::string> check_deflate_response(
    http::Fields const& response, DeflateParameters const& offered) {
    auto const extensions = parse_extensions(response);
    if (!extensions) return std::string("malformed Sec-WebSocket-Extensions in the response");
    // The server declined: the messages are not compressed.
    if (extensions->empty()) return std::optional<DeflateParameters>();
    if (extensions->size() > 1) return std::string("more extensions in the response than were offered");
    auto const& only = extensions->front();
    if (only.name != extension_name) return "extension in the response that was not offered: " + only.name;
    auto agreed = parse_deflate(only);
    if (!agreed || lacks_value(only)) return "response with parameters that are not allowed: " + to_string(only);
    if (auto const what = fault(*agreed, offered); !what.empty()) return std::string(what);
    return agreed;
}

}  // namespace pathology::proxycore::websocket
