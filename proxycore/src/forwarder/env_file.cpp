#include "forwarder/env_file.hpp"

#include <algorithm>
#include <optional>
#include <pathology/proxycore/ascii.hpp>
#include <utility>

namespace pathology::proxycore::forwarder {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(char c) { return blanks.find(c) != blanks.npos; }

bool is_name(std::string_view text) {
    auto const is_part = [](char c) { return ascii::is_alphanumeric(c) || c == '_'; };
    return !text.empty() && !ascii::is_digit(text.front()) && std::all_of(text.begin(), text.end(), is_part);
}

/// Whether nothing but a comment follows a quoted value.
bool is_end(std::string_view rest) {
    auto const next = ascii::trimmed(rest, blanks);
    return next.empty() || (next.front() == '#' && is_blank(rest.front()));
}

std::optional<std::string> literal_value(std::string_view text) {
    auto const end = text.find('\'', 1);
    if (end == text.npos || !is_end(text.substr(end + 1))) return std::nullopt;
    return std::string(text.substr(1, end - 1));
}

/// Another escape stays as it is written.
std::string unescaped(char c) {
    switch (c) {
        case 'n': return "\n";
        case 't': return "\t";
        case '"':
        case '\\': return {c};
        default: return {'\\', c};
    }
}

std::optional<std::string> escaped_value(std::string_view text) {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return is_end(text.substr(i + 1)) ? std::optional(value) : std::nullopt;
        if (text[i] != '\\' || i + 1 == text.size())
            value += text[i];
        else
            value += unescaped(text[++i]);
    }
    return std::nullopt;
}

std::string plain_value(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i)
        if (text[i] == '#' && is_blank(text[i - 1])) text = text.substr(0, i);
    return std::string(ascii::trimmed(text, blanks));
}

std::optional<std::string> value_of(std::string_view behind_name) {
    auto const text = ascii::trimmed(behind_name, blanks);
    if (text.starts_with('\'')) return literal_value(text);
    if (text.starts_with('"')) return escaped_value(text);
    return plain_value(behind_name);
}

std::optional<EnvLine> parse_line(std::string_view line) {
    constexpr std::string_view keyword = "export";
    if (line.starts_with(keyword) && line.size() > keyword.size() && is_blank(line[keyword.size()]))
        line.remove_prefix(keyword.size());
    auto const mark = line.find('=');
    if (mark == line.npos) return std::nullopt;
    auto const name = ascii::trimmed(line.substr(0, mark), blanks);
    auto value = value_of(line.substr(mark + 1));
    if (!is_name(name) || !value) return std::nullopt;
    return EnvLine{std::string(name), std::move(*value)};
}

}  // namespace

EnvText parse_env(std::string_view text) {
    EnvText result;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const line = ascii::trimmed(ascii::take_until(text, '\n'));
        if (line.empty() || line.front() == '#') continue;
        if (auto parsed = parse_line(line)) {
            parsed->number = number;
            result.lines.push_back(std::move(*parsed));
        } else {
            result.invalid.push_back(number);
        }
    }
    return result;
}

}  // namespace pathology::proxycore::forwarder
