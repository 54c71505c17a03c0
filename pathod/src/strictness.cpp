#include "strictness.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/judgement.hpp>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::pathod {

namespace http = proxycore::http;
namespace http1 = proxycore::http1;
namespace http2 = proxycore::http2;

namespace {

// Methods that define a meaning for content (RFC 9110 §9.3.3, §9.3.4, RFC 5789): their user agent "SHOULD send
// Content-Length [...] when it is not sending Transfer-Encoding", also for a length of 0 (§8.6).
constexpr std::array methods_with_content{std::string_view("POST"), std::string_view("PUT"), std::string_view("PATCH")};

bool needs_length(http::RequestHead const& head) {
    auto const& methods = methods_with_content;
    return std::find(methods.begin(), methods.end(), head.method) != methods.end() &&
           !head.fields.contains("Content-Length") && !head.fields.contains("Transfer-Encoding");
}

/// The size of a header section (RFC 9113 §6.5.2): names, values, and 32 bytes for each field.
std::size_t size_of(http2::Request const& request) {
    constexpr std::size_t overhead = 32;
    std::size_t size = 0;
    auto const add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) size += name.size() + value.size() + overhead;
    };
    add(":method", request.head.method);
    add(":scheme", request.scheme);
    add(":authority", request.authority);
    add(":path", request.head.target);
    for (auto const field : request.head.fields) size += field.name.size() + field.value.size() + overhead;
    return size;
}

}  // namespace

http1::Leniency leniency_of(DaemonOptions const& options) {
    return options.strict ? http1::Leniency{} : http1::Leniency::all();
}

Rejection rejection_of(http1::Failure const& failure) { return {failure.status_hint, failure.message}; }

std::optional<Rejection> judge(http::RequestHead const& head) {
    // RFC 9112 §6.1: "A server that receives a request message with a transfer coding it does not understand SHOULD
    // respond with 501 (Not Implemented)."
    if (auto const codings = http::find_coding_beyond_chunked(head.fields))
        return Rejection{501, "Transfer-Encoding " + http::quoted(*codings) + ": only chunked is implemented"};
    // RFC 9112 §6.3: "A server MAY reject a request that contains a message body but not a Content-Length by responding
    // with 411 (Length Required)."
    if (needs_length(head))
        return Rejection{411, head.method + " without Content-Length and without Transfer-Encoding"};
    return std::nullopt;
}

std::optional<Rejection> judge(http2::Request const& request, std::size_t max_header) {
    auto const& head = request.head;
    auto const limit = std::to_string(max_header) + " bytes";
    if (head.target.size() > max_header) return Rejection{414, "a target longer than " + limit};
    if (size_of(request) > max_header) return Rejection{431, "a header section larger than " + limit};
    bool const is_connect = head.method == "CONNECT";
    // RFC 9113 §8.3.1: the target of CONNECT is its authority. RFC 9112 §3.2 has the forms.
    auto const& target = is_connect ? request.authority : head.target;
    if (!http::is_uri_text(target) || !http::fits_method(target, head.method))
        return Rejection{400, "bad request target " + http::quoted(target)};
    auto const host = request.authority.empty() ? head.fields.first("host").value_or("") : request.authority;
    auto const authority = http::parse_authority(host);
    if (!authority.valid || authority.host.empty()) return Rejection{400, "bad authority " + http::quoted(host)};
    return std::nullopt;
}

}  // namespace pathology::pathod
