#include "http1/rules.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::proxycore::http1 {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// RFC 3986 §2: unreserved, reserved without "#" (a target has no fragment), and "%".
constexpr auto uri_bytes = [] {
    std::array<bool, 256> table{};
    for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char const c : std::string_view("-._~:/?[]@!$&'()*+,;=%")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_uri_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return uri_bytes[static_cast<unsigned char>(c)]; });
}

// How often "chunked" stands in all Transfer-Encoding fields, and whether it is the last coding.
struct Chunked {
    unsigned times = 0;
    bool last = false;
};

Chunked find_chunked(http::Fields const& fields) {
    Chunked result;
    for (auto const field : fields) {
        if (!http::equals_ignoring_case(field.name, "Transfer-Encoding")) continue;
        for (std::size_t begin = 0; begin <= field.value.size();) {
            auto const comma = std::min(field.value.find(',', begin), field.value.size());
            auto const coding = field.value.substr(begin, comma - begin);
            begin = comma + 1;
            if (coding.find_first_not_of(" \t") == std::string_view::npos) continue;
            result.last = http::list_has_token(coding, "chunked");
            result.times += result.last ? 1 : 0;
        }
    }
    return result;
}

}  // namespace

std::optional<Breach> check_target(http::RequestHead const& head, Leniency const& leniency) {
    constexpr Breach breach{Errc::bad_start_line, {}};
    if (!leniency.any_target && !is_uri_text(head.target)) return breach;
    auto const form = http::parse_target(head.target).form;
    if (form == http::TargetForm::none) return breach;
    // §3.2.3: the authority-form "is only used for CONNECT", and CONNECT "MUST" use it.
    if ((form == http::TargetForm::authority) != (head.method == "CONNECT")) return breach;
    // §3.2.4: the asterisk-form "is only used for a server-wide OPTIONS request".
    if (form == http::TargetForm::asterisk && head.method != "OPTIONS" && !leniency.any_target) return breach;
    return std::nullopt;
}

// §3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a Host
// header field and to any request message that contains more than one Host header field line or a Host header field
// with an invalid field value."
std::optional<Breach> check_host(http::RequestHead const& head, Facts const& facts, Leniency const& leniency) {
    if (leniency.any_host) return std::nullopt;
    if (facts.hosts == 0 && head.version >= http::Version{1, 1}) return Breach{Errc::bad_host, {}};
    if (facts.hosts > 1) return Breach{Errc::bad_host, "Host"};
    auto const host = head.fields.first("Host");
    if (host && !http::parse_authority(*host).valid) return Breach{Errc::bad_host, "Host"};
    return std::nullopt;
}

std::optional<Breach> check_framing(http::Fields const& fields, http::Version version, Grammar const& grammar,
                                    Kind kind) {
    auto const& facts = grammar.facts();
    if (facts.transfer_encodings > 0) {
        // §6.1: a message with both "ought to be handled as an error"; in HTTP/1.0 treat it "as if the framing is
        // faulty".
        if (facts.content_lengths > 0 || version < http::Version{1, 1})
            return Breach{Errc::conflicting_framing, "Transfer-Encoding"};
        auto const chunked = find_chunked(fields);
        // §6.3 rule 4: where chunked is not last, a response lasts until the close, and a request has no reliable
        // length. §6.1: "A sender MUST NOT apply the chunked transfer coding more than once to a message body."
        bool const lasts_until_close = kind == Kind::response && chunked.times == 0;
        if (!lasts_until_close && (!chunked.last || chunked.times > 1 || !grammar.is_chunked()))
            return Breach{Errc::bad_transfer_encoding, "Transfer-Encoding"};
    }
    // §6.3 rule 5: no list and no second field, not even of equal values; that is the stricter of the two ways it
    // leaves.
    if (facts.content_lengths > 1 || (facts.content_lengths == 1 && !is_digits(*fields.first("Content-Length"))))
        return Breach{Errc::bad_content_length, "Content-Length"};
    return std::nullopt;
}

}  // namespace pathology::proxycore::http1
