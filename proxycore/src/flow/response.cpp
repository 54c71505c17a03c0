#include <pathology/proxycore/flow/response.hpp>

#include <algorithm>
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
    // One field for each cookie: Set-Cookie fields cannot be joined by commas (RFC 9110 §5.3).
    headers.set_all("set-cookie", views);
}

bool operator==(Response const& a, Response const& b) {
    return a.same_message(b) && a.status_code == b.status_code && a.reason == b.reason;
}

// The IANA registry of status codes, as of RFC 9110, and those of RFC 2518, 4918, 5842, 6585, 7538, 7725, 8297, 8470.
namespace {

struct Reason {
    unsigned code;
    std::string_view text;
};

// Sorted by code, for the binary search. An unknown code has an empty reason, which RFC 9112 §4 allows.
constexpr Reason reasons[] = {{100, "Continue"},
                              {101, "Switching Protocols"},
                              {102, "Processing"},
                              {103, "Early Hints"},
                              {200, "OK"},
                              {201, "Created"},
                              {202, "Accepted"},
                              {203, "Non-Authoritative Information"},
                              {204, "No Content"},
                              {205, "Reset Content"},
                              {206, "Partial Content"},
                              {207, "Multi-Status"},
                              {208, "Already Reported"},
                              {226, "IM Used"},
                              {300, "Multiple Choices"},
                              {301, "Moved Permanently"},
                              {302, "Found"},
                              {303, "See Other"},
                              {304, "Not Modified"},
                              {305, "Use Proxy"},
                              {307, "Temporary Redirect"},
                              {308, "Permanent Redirect"},
                              {400, "Bad Request"},
                              {401, "Unauthorized"},
                              {402, "Payment Required"},
                              {403, "Forbidden"},
                              {404, "Not Found"},
                              {405, "Method Not Allowed"},
                              {406, "Not Acceptable"},
                              {407, "Proxy Authentication Required"},
                              {408, "Request Timeout"},
                              {409, "Conflict"},
                              {410, "Gone"},
                              {411, "Length Required"},
                              {412, "Precondition Failed"},
                              {413, "Content Too Large"},
                              {414, "URI Too Long"},
                              {415, "Unsupported Media Type"},
                              {416, "Range Not Satisfiable"},
                              {417, "Expectation Failed"},
                              {418, "I'm a teapot"},
                              {421, "Misdirected Request"},
                              {422, "Unprocessable Content"},
                              {423, "Locked"},
                              {424, "Failed Dependency"},
                              {425, "Too Early"},
                              {426, "Upgrade Required"},
                              {428, "Precondition Required"},
                              {429, "Too Many Requests"},
                              {431, "Request Header Fields Too Large"},
                              {451, "Unavailable For Legal Reasons"},
                              {500, "Internal Server Error"},
                              {501, "Not Implemented"},
                              {502, "Bad Gateway"},
                              {503, "Service Unavailable"},
                              {504, "Gateway Timeout"},
                              {505, "HTTP Version Not Supported"},
                              {506, "Variant Also Negotiates"},
                              {507, "Insufficient Storage"},
                              {508, "Loop Detected"},
                              {510, "Not Extended"},
                              {511, "Network Authentication Required"}};

}  // namespace

std::string_view reason_of(unsigned status_code) {
    auto const known = std::lower_bound(std::begin(reasons), std::end(reasons), status_code,
                                        [](Reason const& reason, unsigned code) { return reason.code < code; });
    return known != std::end(reasons) && known->code == status_code ? known->text : std::string_view{};
}

}  // namespace pathology::proxycore::flow
