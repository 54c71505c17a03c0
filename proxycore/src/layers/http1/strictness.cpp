#include "layers/http1/strictness.hpp"

#include <pathology/proxycore/http/content_rule.hpp>
#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::proxycore::layers {
namespace {

/// The list without white space, in lower case.
std::string canonical(std::string_view codings) {
    std::string text;
    for (char const c : codings) {
        if (c == ' ' || c == '\t') continue;
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    return text;
}

bool is_known_coding(std::string_view codings) {
    for (std::string_view const known :
         {"chunked", "compress,chunked", "deflate,chunked", "gzip,chunked", "compress", "deflate", "gzip", "identity"})
        if (codings == known) return true;
    return false;
}

std::optional<std::string> find_ambiguity(http::Fields const& fields) {
    unsigned codings = 0;
    for (auto const field : fields) {
        if (http::equals_ignoring_case(field.name, "Content-Length") && field.value.size() > 1 &&
            field.value.front() == '0')
            return "Content-Length " + http::quoted(field.value) + " begins with 0";
        if (!http::equals_ignoring_case(field.name, "Transfer-Encoding")) continue;
        if (++codings > 1) return "more than one Transfer-Encoding";
        if (!is_known_coding(canonical(field.value)))
            return "Transfer-Encoding " + http::quoted(field.value) + " is unknown";
    }
    return std::nullopt;
}

}  // namespace

http1::Leniency leniency_of(HttpSettings const& settings) {
    http1::Leniency leniency;
    if (!settings.validate_inbound_headers) {
        leniency = http1::Leniency::all();
        leniency.any_framing = true;
    }
    leniency.hostless_connect = leniency.raw_target = leniency.no_reason = leniency.line_folding = true;
    leniency.space_before_colon = true;
    return leniency;
}

void merge_lengths(http::Fields& fields) {
    bool has_members = false;  // more than one, in a list or in several fields
    unsigned lengths = 0;
    for (auto const field : fields) {
        if (!http::equals_ignoring_case(field.name, "Content-Length")) continue;
        has_members = has_members || ++lengths > 1 || field.value.find(',') != std::string_view::npos;
    }
    if (!has_members) return;
    if (auto const common = http::common_length(fields)) fields.set("Content-Length", std::string(*common));
}

std::optional<std::string> find_ambiguous_framing(http::RequestHead const& head) { return find_ambiguity(head.fields); }

std::optional<std::string> find_ambiguous_framing(http::ResponseHead const& head) {
    bool const has_no_body = http::content_rule({}, head.status) == http::ContentRule::forbidden;
    if (has_no_body && head.fields.contains("Transfer-Encoding"))
        return "Transfer-Encoding with status " + std::to_string(head.status);
    return find_ambiguity(head.fields);
}

}  // namespace pathology::proxycore::layers
