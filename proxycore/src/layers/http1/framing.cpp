#include "layers/http1/framing.hpp"

#include <array>
#include <charconv>
#include <pathology/proxycore/http/content_rule.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr http::Version http_1_0{1, 0}, http_1_1{1, 1};

using Kind = Framing::Kind;
using Field = Framing::Field;

std::optional<std::uint64_t> content_length(http::Fields const& fields) {
    auto const text = fields.first("Content-Length");
    std::uint64_t length = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), length).ec != std::errc())
        return std::nullopt;
    return length;
}

/// The framing that the fields of the message express.
std::optional<Framing> framing_in(http::Fields const& fields) {
    if (fields.has_token("Transfer-Encoding", "chunked")) return Framing{Kind::chunked};
    if (auto const length = content_length(fields)) return Framing{Kind::length, *length};
    return std::nullopt;
}

Framing own_framing(std::optional<std::uint64_t> size) {
    return size ? Framing{Kind::length, *size, Field::to_add} : Framing{Kind::chunked, 0, Field::to_add};
}

bool has_no_body(flow::Response const& response, http::RequestHead const& asked) {
    return http::content_rule(asked.method, response.status_code) != http::ContentRule::allowed;
}

/// Our own version, whatever was received (RFC 9112 §2.3), but for HTTP/1.0, whose peers expect no more than that.
std::string_view version_text(http::Version version) { return version == http_1_0 ? "HTTP/1.0" : "HTTP/1.1"; }

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string& out, Framing const& framing) {
    if (framing.field == Field::present) return;
    if (framing.kind == Kind::chunked) append_line(out, "Transfer-Encoding", "chunked");
    if (framing.kind == Kind::length) append_line(out, "Content-Length", std::to_string(framing.length));
}

void append_target(std::string& out, flow::Request const& request, RequestForm form) {
    if (request.raw_method == "CONNECT") {
        out.append(request.authority.empty() ? request.url() : request.authority);
        return;
    }
    bool const was_absolute = !request.authority.empty() && request.http_version.major < 2;  // HTTP/2 always has one
    bool const is_absolute = form == RequestForm::absolute || (form == RequestForm::as_it_is && was_absolute);
    auto const path = is_absolute && request.path == "*" ? std::string_view() : std::string_view(request.path);
    if (is_absolute && request.authority.empty()) {
        out.append(request.url());
        return;
    }
    if (is_absolute) out.append(request.scheme()).append("://").append(request.authority);
    out.append(path);
}

/// HTTP/2 may split one Cookie field into many, which HTTP/1 joins (RFC 9113 §8.2.3).
void append_fields_of_http2(std::string& out, http::Fields const& fields) {
    bool has_cookie = false;
    for (auto const field : fields) {
        if (!http::equals_ignoring_case(field.name, "cookie")) {
            append_line(out, field.name, field.value);
        } else if (!std::exchange(has_cookie, true)) {
            out.append("cookie: ");
            std::string_view between;
            for (auto const crumb : fields.all("cookie")) {
                out.append(between).append(crumb);
                between = "; ";
            }
            out.append("\r\n");
        }
    }
}

void append_fields(std::string& out, http::Fields const& fields) {
    for (auto const field : fields) append_line(out, field.name, field.value);
}

std::string host_of(flow::Request const& request) {
    if (!request.authority.empty()) return request.authority;
    return flow::host_and_port(request.scheme(), request.host(), request.port());
}

}  // namespace

Framing framing_of(flow::Request const& request, std::optional<std::uint64_t> size) {
    if (auto const given = framing_in(request.headers)) return *given;
    if (size == 0u) return {};
    if (!size && request.http_version < http_1_1) return {};  // a request without framing fields has no body
    return own_framing(size);
}

Framing framing_of(flow::Response const& response, std::optional<std::uint64_t> size, http::RequestHead const& asked) {
    if (has_no_body(response, asked)) return {};
    bool const knows_chunks = asked.version >= http_1_1;
    auto const given = framing_in(response.headers);
    if (given && (given->kind != Kind::chunked || knows_chunks)) return *given;
    // Without framing fields, a server of HTTP/1 ends the body by closing; the same is done towards the client.
    if (!given && response.http_version.major < 2) return {Kind::until_close};
    if (size) return own_framing(size);
    return knows_chunks ? own_framing(size) : Framing{Kind::until_close};
}

bool keeps_alive(http::Version version, http::Fields const& fields) {
    if (fields.has_token("Connection", "close")) return false;
    return version >= http_1_1 || fields.has_token("Connection", "keep-alive");
}

void append_head(std::string& out, flow::Request const& request, RequestForm form, Framing const& framing) {
    out.append(request.raw_method).append(" ");
    append_target(out, request, form);
    out.append(" ");
    out.append(version_text(request.http_version)).append("\r\n");
    if (!request.headers.contains("Host")) append_line(out, "Host", host_of(request));
    if (request.http_version.major >= 2)
        append_fields_of_http2(out, request.headers);
    else
        append_fields(out, request.headers);
    append_framing(out, framing);
    out.append("\r\n");
}

void append_head(std::string& out, flow::Response const& response, Framing const& framing, http::Version of_client) {
    out.append(version_text(response.http_version));
    std::array<char, 10> digits{};
    auto const end = std::to_chars(digits.begin(), digits.end(), response.status_code).ptr;
    auto const length = static_cast<std::size_t>(end - digits.begin());
    out.append(" ").append(length < 3 ? 3 - length : 0, '0').append(digits.data(), length).append(" ");
    out.append(response.http_version.major >= 2 ? flow::reason_of(response.status_code) : response.reason)
        .append("\r\n");
    for (auto const field : response.headers) {
        // A client of HTTP/1.0 does not know chunks (RFC 9112 §6.1).
        if (of_client < http_1_1 && http::equals_ignoring_case(field.name, "Transfer-Encoding")) continue;
        append_line(out, field.name, field.value);
    }
    append_framing(out, framing);
    out.append("\r\n");
}

}  // namespace pathology::proxycore::layers
