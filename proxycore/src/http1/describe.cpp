#include "http1/describe.hpp"

#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <string>

#include "http1/start_line.hpp"

namespace pathology::proxycore::http1 {
namespace {

std::string_view value_in(std::string_view line) {
    auto const value = line.find_first_not_of(" \t", line.find(':') + 1);
    return value == std::string_view::npos ? std::string_view() : line.substr(value);
}

std::string bad_host(std::string_view line) {
    bool const has_host = http::equals_ignoring_case(line.substr(0, line.find(':')), "Host");
    return has_host ? "bad or repeated Host " + http::quoted(value_in(line)) : "no Host after " + http::quoted(line);
}

std::string bad_start_line(Kind kind, std::string_view line) {
    if (kind == Kind::request) return "bad request line " + http::quoted(line);
    if (begins_with_settings(line)) return "the server speaks HTTP/2: SETTINGS in place of a status line";
    return "bad status line " + http::quoted(line);
}

std::string sentence(Errc code, Kind kind, std::string_view line, Limits const& limits) {
    switch (code) {
        case Errc::bad_start_line: return bad_start_line(kind, line);
        case Errc::bad_version: return "unknown HTTP version in " + http::quoted(line);
        case Errc::bad_field: return "bad header line " + http::quoted(line);
        case Errc::bad_host: return bad_host(line);
        case Errc::line_folding: return "header line begins with white space " + http::quoted(line);
        case Errc::bare_line_feed: return "line ends without a carriage return " + http::quoted(line);
        case Errc::bad_content_length: return "bad Content-Length " + http::quoted(value_in(line));
        case Errc::bad_transfer_encoding: return "bad Transfer-Encoding " + http::quoted(value_in(line));
        case Errc::conflicting_framing:
            return "Transfer-Encoding beside Content-Length or in HTTP/1.0: " + http::quoted(line);
        case Errc::bad_chunk: return "bad chunk line " + http::quoted(line);
        case Errc::head_too_large: return "header longer than " + std::to_string(limits.head) + " bytes";
        case Errc::chunk_line_too_large:
            return "chunk line longer than " + std::to_string(limits.chunk_line) + " bytes " + http::quoted(line);
        case Errc::too_many_fields: return "more than " + std::to_string(limits.fields) + " header lines";
        case Errc::body_too_large: return "body larger than " + std::to_string(limits.body) + " bytes";
        case Errc::eof_in_head: return "unexpected end inside the header";
        case Errc::eof_in_body: break;
    }
    return "unexpected end inside the body";
}

// RFC 9110 §15.5, §15.6; what a gateway says of a bad reply is 502.
unsigned status_hint(Errc code, Kind kind) {
    if (kind == Kind::response) return 502;
    switch (code) {
        case Errc::bad_version: return 505;
        case Errc::head_too_large:
        case Errc::too_many_fields: return 431;
        case Errc::body_too_large: return 413;
        default: return 400;
    }
}

}  // namespace

Failure describe(Errc code, Kind kind, std::uint64_t offset, std::string_view line, Limits const& limits) {
    return {code, offset, sentence(code, kind, line, limits) + " at byte " + std::to_string(offset),
            status_hint(code, kind)};
}

Failure describe_eof_in_head(Kind kind, std::string_view bytes, std::size_t line) {
    auto const read = std::to_string(bytes.size()) + " bytes read";
    std::string const start_line = kind == Kind::request ? "bad request line " : "bad status line ";
    auto message = line == 0 ? start_line + http::quoted(bytes) + " at byte 0: unexpected end, " + read
                             : "unexpected end inside the header: " + read;
    return {Errc::eof_in_head, line, std::move(message), status_hint(Errc::eof_in_head, kind)};
}

Failure describe_eof_in_body(Kind kind, std::uint64_t offset, std::uint64_t size, std::optional<std::uint64_t> length) {
    auto const read = std::to_string(size);
    auto message = length ? "unexpected end inside the body: " + read + " of " + std::to_string(*length) + " bytes"
                          : "unexpected end inside the chunked body: " + read + " bytes read";
    return {Errc::eof_in_body, offset, std::move(message), status_hint(Errc::eof_in_body, kind)};
}

}  // namespace pathology::proxycore::http1
