#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::proxycore::http {
namespace {

using ascii::is_alphanumeric;
using ascii::is_digit;

// RFC 3986 §3.1: scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
bool is_scheme(std::string_view text) {
    return !text.empty() && ascii::is_letter(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
    });
}

// RFC 3986 §3.2.2: reg-name = *( unreserved / pct-encoded / sub-delims ); this takes names and IPv4 addresses.
bool is_name(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || std::string_view("-._~%!$&'()*+,;=").find(c) != std::string_view::npos;
    });
}

// RFC 3986 §3.2.2: IP-literal = "[" ( IPv6address / IPvFuture ) "]"; the resolver checks the rest.
bool is_literal(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return is_alphanumeric(c) || c == ':' || c == '.' || c == '%'; });
}

bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) return false;
    unsigned number = 0;
    for (char const c : text) number = number * 10 + static_cast<unsigned>(c - '0');
    return number >= 1 && number <= 65535;
}

// RFC 9112 §3.2.2: absolute-form = absolute-URI, here one with an authority, as every URI that names an origin has.
Target parse_absolute(std::string_view text) {
    auto const colon = text.find("://");
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return {};
    auto const rest = text.substr(colon + 3);
    // RFC 3986 §3.2: the authority ends at the first "/", "?", "#" or the end.
    auto const path = std::min(rest.find_first_of("/?#"), rest.size());
    auto const authority = parse_authority(rest.substr(0, path));
    if (!authority.valid || authority.host.empty()) return {};
    auto const tail = rest.substr(path);
    return {TargetForm::absolute, text.substr(0, colon), authority.host, authority.port, tail.empty() ? "/" : tail};
}

}  // namespace

Authority parse_authority(std::string_view text) {
    bool const bracketed = text.starts_with('[');
    auto const host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (host_end == std::string_view::npos) return {};
    auto const host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
    auto const rest = text.substr(bracketed ? host_end + 1 : host_end);
    if (bracketed ? !is_literal(host) : !is_name(host)) return {};
    // RFC 3986 §3.2.3: the port after the colon may be empty.
    if (rest.empty() || rest == ":") return {true, host, {}};
    if (rest.front() != ':' || !is_port(rest.substr(1))) return {};
    return {true, host, rest.substr(1)};
}

Target parse_target(std::string_view target) {
    if (target.starts_with('/')) return {TargetForm::origin, {}, {}, {}, target};
    if (target == "*") return {TargetForm::asterisk, {}, {}, {}, {}};
    if (auto const absolute = parse_absolute(target); absolute.form == TargetForm::absolute) return absolute;
    // RFC 9112 §3.2.3: authority-form = uri-host ":" port, and the port is not optional.
    auto const authority = parse_authority(target);
    if (!authority.valid || authority.host.empty() || authority.port.empty()) return {};
    return {TargetForm::authority, {}, authority.host, authority.port, {}};
}

bool is_browser_target(std::string_view target) {
    return std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

std::string_view to_string(TargetForm form) {
    switch (form) {
        case TargetForm::origin: return "origin-form";
        case TargetForm::absolute: return "absolute-form";
        case TargetForm::authority: return "authority-form";
        case TargetForm::asterisk: return "asterisk-form";
        case TargetForm::none: break;
    }
    return "none";
}

}  // namespace pathology::proxycore::http
