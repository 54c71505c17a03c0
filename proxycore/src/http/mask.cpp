#include <pathology/proxycore/http/mask.hpp>

#include <algorithm>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::proxycore::http {
namespace {

/// `host:port@listener` of a mode looks like user information.
bool may_be_port(std::string_view text) {
    return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string mask_password(std::string_view text) {
    std::string masked(text);
    auto const mark = text.find("://");
    auto const begin = mark == std::string_view::npos ? 0 : mark + 3;
    // A password may have any character, so the last `@` ends it.
    auto const end = text.rfind('@');
    auto const colon = text.find(':', begin);
    if (end == std::string_view::npos || colon >= end || may_be_port(text.substr(colon + 1, end - colon - 1)))
        return masked;
    std::fill(masked.begin() + static_cast<std::ptrdiff_t>(colon) + 1,
              masked.begin() + static_cast<std::ptrdiff_t>(end), '*');
    return masked;
}

bool has_credentials(std::string_view name) {
    return equals_ignoring_case(name, "Authorization") || equals_ignoring_case(name, "Proxy-Authorization");
}

std::string mask_credentials(std::string_view value) {
    auto const blank = value.find(' ');
    return blank == std::string_view::npos ? "***" : std::string(value.substr(0, blank)) + " ***";
}

}  // namespace pathology::proxycore::http
