#include <pathology/proxycore/flow/message.hpp>

#include <pathology/proxycore/content/encoder.hpp>
#include <pathology/proxycore/flow/headers.hpp>

#include "content/media_type.hpp"

namespace pathology::proxycore::flow {
namespace {

constexpr std::string_view utf8 = "utf-8";

std::string coding_of(Message const& message) { return message.headers.joined("content-encoding").value_or(""); }

std::string type_of(Message const& message) { return std::string(message.headers.first("content-type").value_or("")); }

/// Sets the body and its Content-Length.
void set_body(Message& message, std::string bytes) {
    // RFC 9112 §6.2: no Content-Length beside a Transfer-Encoding.
    if (!message.headers.contains("transfer-encoding"))
        message.headers.set("content-length", std::to_string(bytes.size()));
    message.raw_content = std::move(bytes);
}

}  // namespace

content::Result<std::string> Message::content(std::uint64_t limit) const {
    if (!raw_content) return std::string();
    return content::decode(*raw_content, coding_of(*this), limit);
}

std::string Message::content_or_raw(std::uint64_t limit) const {
    if (auto decoded = content(limit); decoded.has_value()) return *std::move(decoded);
    return *raw_content;
}

void Message::set_content(std::string_view content) {
    auto coded = content::encode(content, coding_of(*this));
    // An unknown coding cannot be applied; the field would no longer be true.
    if (coded.has_error()) headers.remove("content-encoding");
    set_body(*this, coded.has_error() ? std::string(content) : *std::move(coded));
}

content::Result<void> Message::decode(Strictness strictness) {
    auto decoded = content();
    if (decoded.has_error() && strictness == Strictness::strict) return decoded.error();
    headers.remove("content-encoding");
    if (raw_content) set_body(*this, decoded.has_error() ? *raw_content : *std::move(decoded));
    return {};
}

content::Result<void> Message::encode(std::string_view coding) {
    auto coded = content::encode(raw_content.value_or(""), coding);
    if (coded.has_error()) return coded.error();
    headers.set("content-encoding", coding);
    if (raw_content) set_body(*this, *std::move(coded));
    return {};
}

content::Result<std::string> Message::text(Strictness strictness) const {
    auto decoded = content();
    if (decoded.has_error() && strictness == Strictness::strict) return decoded;
    auto const bytes = decoded.has_error() ? *raw_content : *std::move(decoded);
    auto const charset = content::infer_charset(type_of(*this), bytes);
    auto text = content::decode_text(bytes, charset, strictness);
    // The charset is unknown or unsupported: most text is UTF-8, and invalid bytes are kept as escapes.
    if (text.has_error() && strictness == Strictness::lenient) return content::decode_text(bytes, utf8, strictness);
    return text;
}

void Message::set_text(std::string_view text) {
    auto const charset = content::infer_charset(type_of(*this), text);
    auto bytes = content::encode_text(text, charset);
    if (bytes.has_error()) {
        // The charset lacks a character of the text: the charset changes, so that nothing is lost.
        auto type = content::parse_media_type(type_of(*this)).value_or(content::MediaType{"text", "plain"});
        type.set_parameter("charset", utf8);
        headers.set("content-type", to_string(type));
        bytes = content::encode_text(text, utf8);
    }
    set_content(bytes.has_error() ? text : std::string_view(*bytes));  // invalid UTF-8 is kept as bytes
}

std::size_t Message::replace(pattern::Pattern const& pattern, std::string_view text) {
    // On a copy, so that nothing has changed if the pattern is given up later on.
    auto fields = headers;
    auto count = flow::replace(fields, pattern, text);
    auto decoded = raw_content ? content() : std::string();
    // Content that cannot be decoded stays as it is.
    auto const found = decoded ? pattern.replace_in(*decoded, text).value() : 0;
    headers = std::move(fields);
    if (found > 0) set_content(*decoded);
    return count + found;
}

bool Message::same_message(Message const& other) const {
    return http_version == other.http_version && headers == other.headers && trailers == other.trailers &&
           raw_content == other.raw_content && timestamp_start == other.timestamp_start &&
           timestamp_end == other.timestamp_end;
}

}  // namespace pathology::proxycore::flow
