#include <pathology/proxycore/http/content_rule.hpp>

#include <algorithm>
#include <array>

namespace pathology::proxycore::http {
namespace {

constexpr auto not_in_trailers = std::to_array<std::string_view>({
    // framing and routing
    "Connection",
    "Content-Length",
    "Host",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    // authentication (RFC 6265 and 9110 §11)
    "Authorization",
    "Cookie",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Set-Cookie",
    "WWW-Authenticate",
    // request modifiers; those that begin with If- are conditions
    "Cache-Control",
    "Expect",
    "Max-Forwards",
    "Pragma",
    "Range",
    // control data of responses
    "Age",
    "Date",
    "Expires",
    "Location",
    "Retry-After",
    "Vary",
    // the format of the content
    "Content-Encoding",
    "Content-Range",
    "Content-Type",
});

}  // namespace

ContentRule content_rule(std::string_view method, unsigned status) {
    bool const opens_tunnel = method == "CONNECT" && status / 100 == 2;
    if (status / 100 == 1 || status == 204 || opens_tunnel) return ContentRule::forbidden;
    return method == "HEAD" || status == 304 ? ContentRule::described : ContentRule::allowed;
}

bool may_be_trailer(std::string_view name) {
    if (equals_ignoring_case(name.substr(0, 3), "If-")) return false;
    return std::ranges::none_of(not_in_trailers,
                                [&](std::string_view known) { return equals_ignoring_case(known, name); });
}

Fields allowed_trailers(Fields const& fields) {
    auto allowed = fields;
    allowed.remove_if([](Field const& field) { return !may_be_trailer(field.name); });
    return allowed;
}

}  // namespace pathology::proxycore::http
