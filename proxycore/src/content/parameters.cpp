#include "parameters.hpp"

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::proxycore::content {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Takes a quoted string (RFC 9110 §5.6.4) off the front of `text`; an open one ends with the text.
std::string consume_quoted(std::string_view& text) {
    std::string value;
    std::size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    return value;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_parameters(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!text.empty()) {
        auto const name_end = std::min(text.find_first_of("=;"), text.size());
        auto const name = ascii::trimmed(text.substr(0, name_end));
        bool const has_value = name_end < text.size() && text[name_end] == '=';
        text.remove_prefix(std::min(name_end + 1, text.size()));
        if (!has_value) continue;
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        bool const is_quoted = text.starts_with('"');
        auto value = is_quoted ? consume_quoted(text) : std::string();
        auto const rest = ascii::take_until(text, ';');
        if (!is_quoted) value = ascii::trimmed(rest);
        if (!name.empty()) parameters.emplace_back(name, std::move(value));
    }
    return parameters;
}

std::string quoted_string(std::string_view value) {
    std::string out = "\"";
    for (char const c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace pathology::proxycore::content
