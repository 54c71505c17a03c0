#include <pathology/proxycore/flow/response.hpp>

#include <utility>

namespace pathology::proxycore::flow {

Response Response::make(unsigned status_code, std::string_view content, http::Fields const& headers) {
    Response response;
    response.status_code = status_code;
    response.reason = reason_of(status_code);
    response.headers = headers;
    response.set_content(content);
    return response;
}

Response Response::from_head(http::ResponseHead head) {
    Response response;
    response.http_version = head.version;
    response.status_code = head.status;
    response.reason = std::move(head.reason);
    response.headers = std::move(head.fields);
    return response;
}

http::ResponseHead Response::to_head() const { return {http_version, status_code, reason, headers}; }

std::vector<SetCookie> Response::cookies() const {
    std::vector<SetCookie> cookies;
    for (auto const field : headers.all("set-cookie"))
        for (auto& cookie : parse_set_cookie(field)) cookies.push_back(std::move(cookie));
    return cookies;
}

void Response::set_cookies(std::vector<SetCookie> const& cookies) {
    std::vector<std::string> fields;
    fields.reserve(cookies.size());
    for (auto const& cookie : cookies) fields.push_back(to_set_cookie_field(cookie));
    std::vector<std::string_view> const views(fields.begin(), fields.end());
    headers.set_all("set-cookie", views);
}

bool operator==(Response const& a, Response const& b) {
    return a.same_message(b) && a.status_code == b.status_code && a.reason == b.reason;
}

}  // namespace pathology::proxycore::flow
