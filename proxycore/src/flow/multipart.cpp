#include <pathology/proxycore/flow/multipart.hpp>

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "content/parameters.hpp"

namespace pathology::proxycore::flow {
namespace {

/// The name in a part's Content-Disposition field (RFC 7578 §4.2).
std::optional<std::string> name_of(std::string_view head) {
    while (!head.empty()) {
        auto line = ascii::take_until(head, '\n');
        if (!http::equals_ignoring_case(ascii::trimmed(ascii::take_until(line, ':')), "content-disposition")) continue;
        ascii::take_until(line, ';');
        for (auto& [key, value] : content::parse_parameters(line))
            if (http::equals_ignoring_case(key, "name")) return std::move(value);
    }
    return std::nullopt;
}

// A part, as browsers send it and as this parser reads it. Line feeds without CR are accepted too.
//
//     --boundary CRLF
//     Content-Disposition: form-data; name="x" CRLF
//     CRLF
//     content CRLF
//     --boundary--

struct Blank {
    std::size_t at, size;
};

/// The empty line that ends a part's head.
Blank find_blank_line(std::string_view part) {
    auto const crlf = part.find("\r\n\r\n"), lf = part.find("\n\n");
    return crlf < lf ? Blank{crlf, 4} : Blank{lf, 2};
}

void read_part(std::string_view part, MultiDict& items) {
    // A part without any field begins with its empty line; it has no name.
    auto const blank = find_blank_line(part);
    if (blank.at == std::string_view::npos) return;
    auto value = part.substr(blank.at + blank.size);
    if (value.ends_with('\n')) value.remove_suffix(value.ends_with("\r\n") ? 2 : 1);  // belongs to the delimiter
    if (auto const name = name_of(part.substr(0, blank.at))) items.add(*name, value);
}

/// The position of the next delimiter line; npos if there is none.
std::size_t find_delimiter(std::string_view text, std::string_view delimiter) {
    for (auto at = text.find(delimiter); at != std::string_view::npos; at = text.find(delimiter, at + 1))
        if (at == 0 || text[at - 1] == '\n') return at;
    return std::string_view::npos;
}

/// A line end would end the field; browsers escape it (WHATWG HTML, multipart/form-data encoding).
std::string one_line(std::string_view name) {
    std::string out;
    for (char const c : name) {
        if (c == '\r')
            out += "%0D";
        else if (c == '\n')
            out += "%0A";
        else
            out += c;
    }
    return out;
}

}  // namespace

MultiDict parse_multipart(std::string_view content, std::string_view boundary) {
    MultiDict items;
    if (boundary.empty()) return items;
    auto const delimiter = "--" + std::string(boundary);
    for (auto at = find_delimiter(content, delimiter); at != std::string_view::npos;) {
        content.remove_prefix(at + delimiter.size());
        if (content.starts_with("--")) break;
        ascii::take_until(content, '\n');  // RFC 2046 §5.1.1: padding after the delimiter
        at = find_delimiter(content, delimiter);
        read_part(content.substr(0, at), items);
    }
    return items;
}

std::string to_multipart(MultiDict const& items, std::string_view boundary) {
    auto const delimiter = "--" + std::string(boundary);
    std::string text;
    for (auto const& [name, value] : items.items())
        text.append(delimiter)
            .append("\r\nContent-Disposition: form-data; name=")
            .append(content::quoted_string(one_line(name)))
            .append("\r\n\r\n")
            .append(value)
            .append("\r\n");
    return text + delimiter + "--\r\n";
}

std::string choose_boundary(MultiDict const& items) {
    for (unsigned number = 0;; ++number) {
        auto boundary = "pathology-form-" + std::to_string(number);
        auto const is_in = [&](Item const& item) { return item.second.find(boundary) != std::string::npos; };
        if (std::none_of(items.items().begin(), items.items().end(), is_in)) return boundary;
    }
}

}  // namespace pathology::proxycore::flow
