// Messages as a part of a URL.
#include <pathology/language/print.hpp>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/percent.hpp>

#include "escape.hpp"

namespace pathology::language {
namespace {

/// What a file path keeps in a URL, beside the unreserved characters: all printable ASCII but blank, `#` and `%`.
constexpr std::string_view safe_in_path = "!\"$&'()*+,/:;<=>?@[\\]^`{|}";

/// Returns the file value at `i`, `<'path'`; empty if none begins there. `i` is not inside a literal.
std::string_view path_at(std::string_view text, std::size_t i) {
    if (text[i] != '<' || i + 1 == text.size()) return {};
    auto const quote = text[i + 1];
    if (quote != '\'' && quote != '"') return {};
    auto const end = text.find(quote, i + 2);
    return end == std::string_view::npos ? std::string_view() : text.substr(i, end + 1 - i);
}

bool is_hex_digit(char c) { return proxycore::ascii::hex_value(c) >= 0; }

/// Returns true for a `%` with two hexadecimal digits behind it, which the reader of the URL would decode. Any other
/// one stays as it is, as in the original.
bool begins_url_escape(std::string_view text, std::size_t i) {
    return text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2]);
}

}  // namespace

std::string print_for_url(Message const& message) {
    auto const text = print_with_times(message);
    std::string out;
    bool in_literal = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (auto const path = in_literal ? std::string_view() : path_at(text, i); !path.empty()) {
            auto const quote = path.back();
            out.append("<").append(1, quote);
            out += proxycore::percent_encode(path.substr(2, path.size() - 3), safe_in_path) + quote;
            i += path.size() - 1;
        } else if (text[i] == ' ' || text[i] == '#' || begins_url_escape(text, i)) {
            append_hex(out, text[i]);
        } else {
            in_literal = in_literal != (text[i] == '\'');  // a literal has no other quote than those around it
            out += text[i];
        }
    }
    return out;
}

}  // namespace pathology::language
