// Any text as cookies, forms, URLs, media types, dates and modes: nothing breaks, and what was read comes back from
// print.
#include <cstdint>
#include <pathology/proxycore/flow/cookies.hpp>
#include <pathology/proxycore/flow/multipart.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/modes/mode.hpp>

#include "content/media_type.hpp"
#include "demand.hpp"

namespace {

using namespace pathology::proxycore;
using fuzz::demand;

void check_cookies(std::string_view text) {
    auto const cookies = flow::parse_cookies(text);
    demand(flow::parse_cookies(flow::to_cookie_field(cookies)).size() <= cookies.size(), "a cookie splits in two");
    for (auto const& cookie : flow::parse_set_cookie(text)) {
        auto const printed = flow::to_set_cookie_field(cookie);
        auto const again = flow::parse_set_cookie(printed);
        demand(again.empty() || again.front().name == cookie.name, "a cookie changes its name");
        static_cast<void>(flow::is_expired(cookie.attributes, flow::Time{}));
    }
    static_cast<void>(flow::parse_date(text));
}

void check_forms(std::string_view text) {
    auto const form = flow::parse_urlencoded(text);
    demand(flow::parse_urlencoded(flow::to_urlencoded(form)) == form, "a form does not come back");
    flow::MultiDict const items{{"name", std::string(text)}};
    auto const boundary = flow::choose_boundary(items);
    demand(flow::parse_multipart(flow::to_multipart(items, boundary), boundary) == items, "a part does not come back");
    static_cast<void>(flow::parse_multipart(text, "X"));
}

void check_urls(std::string_view text) {
    auto const url = flow::parse_url(text);
    if (url.has_value()) demand(*flow::parse_url(to_string(*url)) == *url, "a URL does not come back");
    demand(flow::join_path(flow::split_path(text)) == text, "a path does not come back");
    auto const path = flow::with_path_components(text, flow::path_components(text));
    demand(flow::path_components(path) == flow::path_components(text), "path components do not come back");
}

void check_modes(std::string_view text) {
    auto const mode = modes::parse_mode(text);
    if (mode.has_value())
        demand(*modes::parse_mode(to_string(*mode)) == *mode, "a mode does not come back");
    else
        static_cast<void>(modes::describe(mode.error(), text));
}

void check_media_types(std::string_view text) {
    auto const type = content::parse_media_type(text);
    if (!type) return;
    auto const again = content::parse_media_type(to_string(*type));
    demand(again && again->type == type->type && again->subtype == type->subtype, "a media type does not come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    check_cookies(text);
    check_forms(text);
    check_urls(text);
    check_modes(text);
    check_media_types(text);
    return 0;
}
