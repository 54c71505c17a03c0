// Lines before Beast sees them. A Section is the head or the trailers of a message while it arrives; scanned_ remembers
// how far it was searched, so that a head that arrives byte by byte is not searched again from its start.
//
//      begin_        first_line_end_      line_            scanned_
//      |start line\r\n|field\r\n ... field\r\n|incomplete field ...|
//
// line_ is the start of the first line without its line feed.

#include "http1/lines.hpp"

#include <algorithm>
#include <charconv>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::proxycore::http1 {
namespace {

// RFC 9112 §2.2: "a recipient MAY recognize a single LF as a line terminator"; strict does not.
bool ends_bare(std::string_view bytes, std::size_t line, std::size_t line_feed) {
    return line_feed == line || bytes[line_feed - 1] != '\r';
}

}  // namespace

void Section::restart(std::size_t begin, bool is_bare) {
    *this = Section();
    bare_line_feed_ = is_bare;
    begin_ = line_ = scanned_ = begin;
}

std::optional<std::size_t> Section::find_line_feed(std::string_view bytes) {
    auto const line_feed = bytes.find('\n', scanned_);
    scanned_ = line_feed == std::string_view::npos ? bytes.size() : line_feed + 1;
    if (line_feed == std::string_view::npos) return std::nullopt;
    return line_feed;
}

std::optional<ParseError> Section::scan_first_line(std::string_view bytes, Leniency const& leniency) {
    auto const line_feed = find_line_feed(bytes);
    if (!line_feed) return std::nullopt;
    if (ends_bare(bytes, line_, *line_feed)) {
        if (!leniency.bare_line_feed) return ParseError{Errc::bare_line_feed, line_};
        bare_line_feed_ = true;
    }
    line_ = first_line_end_ = *line_feed + 1;
    return std::nullopt;
}

std::optional<ParseError> Section::scan_fields(std::string_view bytes, Limits const& limits, Leniency const& leniency) {
    while (auto const line_feed = find_line_feed(bytes)) {
        bool const bare = ends_bare(bytes, line_, *line_feed);
        if (bare && !leniency.bare_line_feed) return ParseError{Errc::bare_line_feed, line_};
        bare_line_feed_ |= bare;
        // RFC 9112 §2.2 (white space after the start line) and §5.2 (obs-fold): reject rather than guess.
        // A line that begins with white space belongs to the line before it.
        bool const goes_on = bytes[line_] == ' ' || bytes[line_] == '\t';
        bool const may_go_on = leniency.line_folding && line_ != first_line_end_;
        if (goes_on && !may_go_on) return ParseError{Errc::line_folding, line_};
        // An empty line ends the section.
        whole_ = *line_feed - line_ == (bare ? 0u : 1u);
        if (!whole_ && ++fields_ > limits.fields) return ParseError{Errc::too_many_fields, line_};
        line_ = *line_feed + 1;
        if (whole_) break;
    }
    // Checked for incomplete sections too: a peer must not fill the memory by never ending its head.
    if ((whole_ ? line_ : bytes.size()) - begin_ > limits.head) return ParseError{Errc::head_too_large, begin_};
    return std::nullopt;
}

std::string_view line_at(std::string_view bytes, std::size_t at) {
    auto line = bytes.substr(std::min(at, bytes.size()));
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// --- start lines -----------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t version_size = 8;  // HTTP/x.y

using ascii::is_digit;

bool is_version(std::string_view text) {
    return text.size() == version_size && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

// RFC 9110 §2.5: a higher minor version is parsed as the highest known one; a higher major version is rejected.
StartLine read_version(std::string_view line, std::size_t at, Leniency const& leniency) {
    StartLine result;
    auto const text = line.substr(std::min(at, line.size()), version_size);
    if (text == "HTTP/1.1" || !is_version(text)) return result;
    result.version = {static_cast<std::uint8_t>(text[5] - '0'), static_cast<std::uint8_t>(text[7] - '0')};
    if (text == "HTTP/1.0") return result;
    if (result.version.major != 1 && !leniency.any_version) {
        result.error = Errc::bad_version;
        return result;
    }
    // Beast knows 1.0 and 1.1 only; the message keeps the version that was received.
    result.rewritten.assign(line).append("\r\n");
    result.rewritten.replace(at, version_size, result.version.major == 0 ? "HTTP/1.0" : "HTTP/1.1");
    return result;
}

/// Compares a byte with a pattern: `d` is a digit, `*` any byte except line ends.
bool fits(char byte, char pattern) {
    if (pattern == '*') return byte != '\n' && byte != '\r';
    return pattern == 'd' ? is_digit(byte) : byte == pattern;
}

bool may_become(std::string_view bytes, std::string_view pattern) {
    auto const size = std::min(bytes.size(), pattern.size());
    return std::equal(bytes.begin(), bytes.begin() + size, pattern.begin(), fits);
}

constexpr std::string_view status_line = "HTTP/d.d ";
constexpr std::string_view settings_header("\0**\4\0\0\0\0\0", 9);  // length, type, flags, stream

// A code of three digits that Beast accepts, with the framing of `status`: only 1xx, 204 and 304 have a special one.
std::string three_digits(unsigned status) {
    auto const text = std::to_string(status > 999 ? 200 : status);
    return std::string(3 - text.size(), '0') + text;
}

}  // namespace

StartLine read_request_line(std::string_view line, Leniency const& leniency) {
    if (line.size() <= version_size || line[line.size() - version_size - 1] != ' ') return {};
    return read_version(line, line.size() - version_size, leniency);
}

StartLine read_status_line(std::string_view line, Leniency const& leniency) {
    StartLine result = read_version(line, 0, leniency);
    if (result.error || line.size() <= version_size || line[version_size] != ' ') return result;
    auto const rest = line.substr(version_size + 1);
    auto const digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    bool const ends_well = digits == rest.size() || rest[digits] == ' ';
    bool const is_odd = (digits != 3 && leniency.any_status) || (digits == rest.size() && leniency.no_reason);
    bool const is_read = digits == 3 || (leniency.any_status && digits > 0 && digits <= 9);
    if (!is_read || !ends_well || !is_odd) return result;
    std::from_chars(rest.data(), rest.data() + digits, result.status.emplace());
    auto const version = (result.rewritten.empty() ? line : result.rewritten).substr(0, version_size);
    auto const reason = rest.substr(std::min(digits + 1, rest.size()));
    result.rewritten = std::string(version) + ' ' + three_digits(*result.status) + ' ' + std::string(reason) + "\r\n";
    return result;
}

bool may_begin_response(std::string_view bytes) {
    bool const is_settings_so_far = bytes.size() < settings_header.size() && may_become(bytes, settings_header);
    return may_become(bytes, status_line) || is_settings_so_far;
}

bool begins_with_settings(std::string_view bytes) {
    return bytes.size() >= settings_header.size() && may_become(bytes, settings_header);
}

}  // namespace pathology::proxycore::http1
