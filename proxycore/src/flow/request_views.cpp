// Properties computed from path, fields and content of a request: queries, cookies, forms, accepted codings.
#include <algorithm>
#include <array>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/content/coding.hpp>
#include <pathology/proxycore/flow/multipart.hpp>
#include <pathology/proxycore/flow/request.hpp>

#include "content/media_type.hpp"

namespace pathology::proxycore::flow {
namespace {

constexpr std::string_view urlencoded_type = "application/x-www-form-urlencoded";
constexpr std::string_view multipart_type = "multipart/form-data";

std::string content_type(http::Fields const& headers) {
    return std::string(headers.first("content-type").value_or(""));
}

bool is_of_type(http::Fields const& headers, std::string_view type) {
    return ascii::lowered(content_type(headers)).find(type) != std::string::npos;
}

std::string boundary_of(http::Fields const& headers) {
    auto const type = content::parse_media_type(content_type(headers));
    return type ? type->parameter("boundary").value_or("") : "";
}

/// A view of `request` by two functions that are given it.
template <class Read, class Write> MultiDictView view_of(Request& request, Read read, Write write) {
    return {[&request, read] { return read(request); },
            [&request, write](MultiDict const& items) { write(request, items); }};
}

}  // namespace

MultiDict Request::query() const { return parse_urlencoded(split_path(path).query.value_or("")); }

MultiDictView Request::query() {
    return view_of(
        *this, [](Request const& request) { return request.query(); },
        [](Request& request, MultiDict const& items) {
            auto const query = to_urlencoded(items);
            auto pieces = split_path(request.path);
            // Without items the question mark is removed too.
            pieces.query = items.empty() ? std::nullopt : std::optional<std::string_view>(query);
            request.path = join_path(pieces);
        });
}

void Request::set_path_components(std::vector<std::string> const& components) {
    path = with_path_components(path, components);
}

MultiDict Request::cookies() const {
    MultiDict cookies;
    for (auto const field : headers.all("cookie"))
        for (auto const& [name, value] : parse_cookies(field).items()) cookies.add(name, value);
    return cookies;
}

MultiDictView Request::cookies() {
    return view_of(
        *this, [](Request const& request) { return request.cookies(); },
        [](Request& request, MultiDict const& items) {
            if (items.empty())
                request.headers.remove("cookie");
            else
                request.headers.set("cookie", to_cookie_field(items));
        });
}

MultiDict Request::urlencoded_form() const {
    if (!is_of_type(headers, urlencoded_type)) return {};
    return parse_urlencoded(content_or_raw());
}

MultiDictView Request::urlencoded_form() {
    return view_of(
        *this, [](Request const& request) { return request.urlencoded_form(); },
        [](Request& request, MultiDict const& items) {
            request.headers.set("content-type", urlencoded_type);
            request.set_content(to_urlencoded(items));
        });
}

MultiDict Request::multipart_form() const {
    if (!is_of_type(headers, multipart_type)) return {};
    return parse_multipart(content_or_raw(), boundary_of(headers));
}

MultiDictView Request::multipart_form() {
    return view_of(
        *this, [](Request const& request) { return request.multipart_form(); },
        [](Request& request, MultiDict const& items) {
            // The boundary is kept while no part contains it, so that an unchanged form keeps its bytes.
            auto const is_in = [](std::string_view boundary) {
                return [boundary](Item const& item) { return item.second.find(boundary) != std::string::npos; };
            };
            auto boundary = is_of_type(request.headers, multipart_type) ? boundary_of(request.headers) : "";
            if (boundary.empty() || std::any_of(items.items().begin(), items.items().end(), is_in(boundary)))
                boundary = choose_boundary(items);
            content::MediaType const type{"multipart", "form-data", {{"boundary", boundary}}};
            request.headers.set("content-type", to_string(type));
            request.set_content(to_multipart(items, boundary));
        });
}

// --- accepted codings ------------------------------------------------------------------------------------------------

// A request with validators may get 304, which has no content to show (RFC 9110 §13.1).
void Request::anticache() {
    headers.remove("if-modified-since");
    headers.remove("if-none-match");
}

void Request::anticomp() { headers.set("accept-encoding", "identity"); }

void Request::constrain_encoding() {
    auto const accepted = headers.joined("accept-encoding").value_or("");
    if (accepted.empty()) return;
    std::string kept;
    for (std::string_view rest = accepted; !rest.empty();) {
        auto const element = ascii::trimmed(ascii::take_until(rest, ','));
        auto const name = ascii::trimmed(element.substr(0, element.find(';')));  // what follows is a weight
        // An unknown coding in the response could not be decoded for addons. `*` is dropped for the same reason.
        if (!content::parse_coding(name) || http::equals_ignoring_case(name, "none")) continue;
        kept.append(kept.empty() ? "" : ", ").append(element);
    }
    headers.set("accept-encoding", kept);
}

}  // namespace pathology::proxycore::flow
