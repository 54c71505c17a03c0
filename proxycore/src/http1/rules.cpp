#include "http1/rules.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/judgement.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <string>

#include "http1/lines.hpp"
#include "token.hpp"

namespace pathology::proxycore::http1 {
namespace {

// RFC 9112 §7, and "identity" of RFC 2616 §3.6. Whatever else is done to a body by these, none says where it ends.
constexpr std::array<std::string_view, 7> known_codings{"chunked", "compress", "deflate",   "gzip",
                                                        "x-gzip",  "identity", "x-compress"};

bool is_unknown(std::string_view coding) {
    if (!is_token(coding)) return false;
    return std::ranges::none_of(known_codings, [&](auto known) { return http::equals_ignoring_case(coding, known); });
}

// How often "chunked" occurs in all Transfer-Encoding fields, and whether it is the last coding.
struct Codings {
    unsigned chunked = 0;
    bool is_chunked_last = false;
    bool has_unknown = false;
};

Codings find_codings(http::Fields const& fields) {
    Codings result;
    for (auto const field : fields) {
        if (!http::equals_ignoring_case(field.name, "Transfer-Encoding")) continue;
        for (std::size_t begin = 0; begin <= field.value.size();) {
            auto const comma = std::min(field.value.find(',', begin), field.value.size());
            auto const coding = ascii::trimmed(field.value.substr(begin, comma - begin), " \t");
            begin = comma + 1;
            if (coding.empty()) continue;
            result.is_chunked_last = http::list_has_token(coding, "chunked");
            result.chunked += result.is_chunked_last ? 1 : 0;
            result.has_unknown = result.has_unknown || is_unknown(coding);
        }
    }
    return result;
}

}  // namespace

Leniency for_chunks(Leniency leniency) {
    leniency.bare_line_feed = leniency.bare_line_feed && leniency.any_framing;
    return leniency;
}

std::optional<RuleViolation> check_target(http::RequestHead const& head, Leniency const& leniency) {
    bool const is_text = leniency.any_target || http::is_uri_text(head.target) ||
                         (leniency.raw_target && http::is_browser_target(head.target));
    if (is_text && http::fits_method(head.target, head.method, leniency.any_target)) return std::nullopt;
    return RuleViolation{Errc::bad_start_line, {}};
}

std::optional<RuleViolation> check_status(unsigned status, Leniency const& leniency) {
    if (leniency.any_status || (status >= 100 && status <= 999)) return std::nullopt;
    return RuleViolation{Errc::bad_start_line, {}};
}

// §3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a Host
// header field and to any request message that contains more than one Host header field line or a Host header field
// with an invalid field value."
std::optional<RuleViolation> check_host(http::RequestHead const& head, Facts const& facts, Leniency const& leniency) {
    if (leniency.any_host) return std::nullopt;
    bool const needs_host =
        head.version >= http::Version{1, 1} && !(leniency.hostless_connect && head.method == "CONNECT");
    if (facts.hosts == 0 && needs_host) return RuleViolation{Errc::bad_host, {}};
    if (facts.hosts > 1) return RuleViolation{Errc::bad_host, "Host"};
    auto const host = head.fields.first("Host");
    if (host && !http::parse_authority(*host).valid) return RuleViolation{Errc::bad_host, "Host"};
    return std::nullopt;
}

std::optional<RuleViolation> check_framing(http::Fields const& fields, http::Version version, Grammar const& grammar,
                                           Kind kind) {
    auto const& facts = grammar.facts();
    if (facts.transfer_encodings > 0) {
        // §6.1: a message with both "ought to be handled as an error"; in HTTP/1.0 treat it "as if the framing is
        // faulty".
        if (facts.content_lengths > 0 || version < http::Version{1, 1})
            return RuleViolation{Errc::conflicting_framing, "Transfer-Encoding"};
        auto const codings = find_codings(fields);
        // §6.3 rule 4: if chunked is not last, a response lasts until the close, and a request has no reliable
        // length. §6.1: "A sender MUST NOT apply the chunked transfer coding more than once to a message body."
        bool const lasts_until_close = kind == Kind::response && codings.chunked == 0;
        bool const has_end = codings.is_chunked_last && codings.chunked == 1 && grammar.is_chunked();
        // §6.1: "A server that receives a request message with a transfer coding it does not understand SHOULD respond
        // with 501 (Not Implemented)."
        if (!lasts_until_close && !has_end)
            return RuleViolation{
                codings.has_unknown && codings.chunked == 0 ? Errc::unknown_coding : Errc::bad_transfer_encoding,
                "Transfer-Encoding"};
    }
    // §6.3 rule 5: a list or several fields are one length if all values are the same.
    if (facts.content_lengths > 0 && !http::common_length(fields))
        return RuleViolation{Errc::bad_content_length, "Content-Length"};
    return std::nullopt;
}

// --- messages --------------------------------------------------------------------------------------------------------

namespace {

std::string_view value_in(std::string_view line) {
    auto const value = line.find_first_not_of(" \t", line.find(':') + 1);
    return value == std::string_view::npos ? std::string_view() : line.substr(value);
}

/// Messages reach logs and error pages, where credentials have no place.
std::string quoted_field(std::string_view line) {
    auto const colon = line.find(':');
    auto name = line.substr(0, colon);
    while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
    if (!http::has_credentials(name)) return http::quoted(line);
    return http::quoted(std::string(name) + ": " + http::mask_credentials(value_in(line)));
}

std::string bad_host(std::string_view line) {
    bool const has_host = http::equals_ignoring_case(line.substr(0, line.find(':')), "Host");
    return has_host ? "bad or repeated Host " + http::quoted(value_in(line)) : "no Host after " + quoted_field(line);
}

std::string bad_start_line(Kind kind, std::string_view line) {
    if (kind == Kind::request) return "bad request line " + http::quoted(line);
    return "bad status line " + http::quoted(line);
}

std::string sentence(Errc code, Kind kind, std::string_view line, Limits const& limits) {
    switch (code) {
        case Errc::bad_start_line: return bad_start_line(kind, line);
        case Errc::bad_version: return "unknown HTTP version in " + http::quoted(line);
        case Errc::bad_field: return "bad header line " + quoted_field(line);
        case Errc::bad_host: return bad_host(line);
        case Errc::line_folding: return "header line begins with white space " + http::quoted(line);
        case Errc::bare_line_feed: return "line ends without a carriage return " + quoted_field(line);
        case Errc::bad_content_length: return "bad Content-Length " + http::quoted(value_in(line));
        case Errc::bad_transfer_encoding: return "bad Transfer-Encoding " + http::quoted(value_in(line));
        case Errc::unknown_coding: return "unknown Transfer-Encoding " + http::quoted(value_in(line));
        case Errc::conflicting_framing:
            return "Transfer-Encoding beside Content-Length or in HTTP/1.0: " + http::quoted(line);
        case Errc::bad_chunk: return "bad chunk line " + http::quoted(line);
        case Errc::head_too_large: return "header longer than " + std::to_string(limits.head) + " bytes";
        case Errc::chunk_line_too_large:
            return "chunk line longer than " + std::to_string(limits.chunk_line) + " bytes " + http::quoted(line);
        case Errc::too_many_fields: return "more than " + std::to_string(limits.fields) + " header lines";
        case Errc::body_too_large: return "body larger than " + std::to_string(limits.body) + " bytes";
        case Errc::eof_in_head: return "unexpected end inside the header";
        case Errc::http2_settings: return "the server uses HTTP/2: SETTINGS in place of a status line";
        case Errc::eof_in_body: break;
    }
    return "unexpected end inside the body";
}

// RFC 9110 §15.5, §15.6. A gateway reports an invalid response as 502.
unsigned status_hint(Errc code, Kind kind) {
    if (kind == Kind::response) return 502;
    switch (code) {
        case Errc::bad_version: return 505;
        case Errc::unknown_coding: return 501;
        case Errc::head_too_large:
        case Errc::too_many_fields: return 431;
        case Errc::body_too_large: return 413;
        default: return 400;
    }
}

}  // namespace

Failure describe(Errc code, Kind kind, std::uint64_t offset, std::string_view line, Limits const& limits) {
    if (code == Errc::bad_start_line && kind == Kind::response && begins_with_settings(line))
        code = Errc::http2_settings;
    auto message = sentence(code, kind, line, limits) + " at byte " + std::to_string(offset);
    return {{code, std::move(message)}, offset, status_hint(code, kind)};
}

Failure describe_long_start_line(Kind kind, std::string_view line, Limits const& limits) {
    bool const is_request = kind == Kind::request;
    bool const has_target = line.substr(0, limits.head).find(' ') != std::string_view::npos;
    auto message = std::string(is_request ? "request line" : "status line") + " longer than " +
                   std::to_string(limits.head) + " bytes at byte 0";
    return {{Errc::head_too_large, std::move(message)}, 0, !is_request ? 502u : has_target ? 414u : 431u};
}

Failure describe_eof_in_head(Kind kind, std::string_view bytes, std::size_t line) {
    auto const read = std::to_string(bytes.size()) + " bytes read";
    std::string const start_line = kind == Kind::request ? "bad request line " : "bad status line ";
    auto message = line == 0 ? start_line + http::quoted(bytes) + " at byte 0: unexpected end, " + read
                             : "unexpected end inside the header: " + read;
    return {{Errc::eof_in_head, std::move(message)}, line, status_hint(Errc::eof_in_head, kind)};
}

Failure describe_eof_in_body(Kind kind, std::uint64_t offset, std::uint64_t size, std::optional<std::uint64_t> length) {
    auto const read = std::to_string(size);
    auto message = length ? "unexpected end inside the body: " + read + " of " + std::to_string(*length) + " bytes"
                          : "unexpected end inside the chunked body: " + read + " bytes read";
    return {{Errc::eof_in_body, std::move(message)}, offset, status_hint(Errc::eof_in_body, kind)};
}

}  // namespace pathology::proxycore::http1
