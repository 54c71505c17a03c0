// Tokens (RFC 9110 §5.6.2): the names of methods, fields, parameters and cookies.
#pragma once

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <string_view>

namespace pathology::proxycore {

constexpr bool is_token_char(char c) {
    return ascii::is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Whether the text is a token; an empty one is none.
constexpr bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

}  // namespace pathology::proxycore
