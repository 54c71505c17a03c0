// The text of Cookie and Set-Cookie fields. The rules are those of the original proxy, which accept more
// than RFC 6265 §4: quoted strings with escapes, several cookies in one Set-Cookie.
//
//     Cookie:      name[=value] ; name[=value] …
//     Set-Cookie:  name[=value] ; attribute[=value] … , name[=value] …
#include <pathology/proxycore/flow/cookies.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::proxycore::flow {

// --- the text of fields ----------------------------------------------------------------------------------------------

namespace {

using http::equals_ignoring_case;

/// Reads a field from front to back.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool is_at_end() const { return rest_.empty(); }
    bool is_at(char c) const { return rest_.starts_with(c); }
    void skip() { rest_.remove_prefix(std::min<std::size_t>(1, rest_.size())); }

    std::string_view until(std::string_view delimiters) {
        auto const end = std::min(rest_.find_first_of(delimiters), rest_.size());
        auto const text = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return text;
    }

    /// Up to a delimiter; or a quoted string, where the text between it and the delimiter is ignored.
    std::string value(std::string_view delimiters) {
        if (!is_at('"')) return std::string(until(delimiters));
        auto text = quoted();
        until(delimiters);
        return text;
    }

private:
    std::string quoted() {
        std::string text;
        for (skip(); !is_at_end() && !is_at('"'); skip()) {
            // A backslash at the end stands for itself.
            if (is_at('\\') && rest_.size() > 1) skip();
            text += rest_.front();
        }
        skip();
        return text;
    }

    std::string_view rest_;
};

std::string_view without_leading_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

/// Returns true if an Expires value ended at the comma of its date, not of the list: "Wed", "Wednesday".
bool is_cut_date(std::string_view value) {
    constexpr std::array<std::string_view, 7> weekdays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                          "Friday", "Saturday", "Sunday"};
    auto const word = ascii::trimmed(value);
    return word.size() <= 3 || std::any_of(weekdays.begin(), weekdays.end(),
                                           [&](auto const day) { return equals_ignoring_case(word, day); });
}

CookieAttributes::Attribute read_attribute(Scanner& scanner) {
    CookieAttributes::Attribute attribute(without_leading_blanks(scanner.until(";=,")), std::nullopt);
    if (!scanner.is_at('=')) return attribute;
    scanner.skip();
    attribute.second = scanner.value(";,");
    if (equals_ignoring_case(attribute.first, "expires") && is_cut_date(*attribute.second) && scanner.is_at(',')) {
        scanner.skip();
        attribute.second->append(",").append(scanner.value(";,"));
    }
    return attribute;
}

bool needs_quotes(std::string_view value) {
    return std::any_of(value.begin(), value.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte > '~' || c == '"' || c == ',' || c == ';' || c == '\\';
    });
}

/// Dates and paths are written without quotes if they can be parsed back: browsers do not remove the quotes.
bool is_plain_attribute(std::string_view name, std::string_view value) {
    bool const is_date_or_path = equals_ignoring_case(name, "expires") || equals_ignoring_case(name, "path");
    return is_date_or_path && value.find_first_of(";\"") == value.npos;
}

void append_pair(std::string& out, std::string_view name, std::string_view value, bool is_plain = false) {
    if (!out.empty()) out += "; ";
    out.append(name).append("=");
    if (is_plain || !needs_quotes(value)) {
        out += value;
        return;
    }
    out += '"';
    for (char const c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

}  // namespace

MultiDict parse_cookies(std::string_view field) {
    MultiDict cookies;
    for (Scanner scanner(field); !scanner.is_at_end(); scanner.skip()) {
        auto const name = without_leading_blanks(scanner.until(";="));
        if (scanner.is_at('=')) {
            scanner.skip();
            cookies.add(name, scanner.value(";"));
        } else if (!name.empty()) {
            cookies.add(name, "");
        }
    }
    return cookies;
}

std::string to_cookie_field(MultiDict const& cookies) {
    std::string field;
    for (auto const& [name, value] : cookies.items()) append_pair(field, name, value);
    return field;
}

std::vector<SetCookie> parse_set_cookie(std::string_view field) {
    std::vector<SetCookie> cookies;
    bool begins = true;
    for (Scanner scanner(field); !scanner.is_at_end();) {
        auto [name, value] = read_attribute(scanner);
        bool const is_empty = name.empty() && !value;
        if (begins && !is_empty) {
            cookies.push_back({std::move(name), std::move(value).value_or("")});
            begins = false;
        } else if (!is_empty) {
            cookies.back().attributes.add(std::move(name), std::move(value));
        }
        // A comma separates cookies in a joined field; that of a date was read with its attribute.
        begins = begins || scanner.is_at(',');
        scanner.skip();
    }
    return cookies;
}

std::string to_set_cookie_field(SetCookie const& cookie) {
    std::string field;
    append_pair(field, cookie.name, cookie.value);
    for (auto const& [name, value] : cookie.attributes.items()) {
        if (value)
            append_pair(field, name, *value, is_plain_attribute(name, *value));
        else
            field.append("; ").append(name);
    }
    return field;
}

// --- attributes ------------------------------------------------------------------------------------------------------

namespace {

auto is_called(std::string_view name) {
    return [name](CookieAttributes::Attribute const& attribute) {
        return http::equals_ignoring_case(attribute.first, name);
    };
}

// Half of the range: the sum with the present time must not overflow.
constexpr auto max_seconds = std::chrono::duration_cast<std::chrono::seconds>(Time::duration::max()) / 2;

/// Parses a whole number; one that the clock cannot represent is clamped.
std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
    auto digits = ascii::trimmed(text);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t seconds = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (digits.empty() || end != digits.data() + digits.size() || error == std::errc::invalid_argument)
        return std::nullopt;
    if (error == std::errc::result_out_of_range) return digits.front() == '-' ? -max_seconds : max_seconds;
    return std::clamp(std::chrono::seconds(seconds), -max_seconds, max_seconds);
}

}  // namespace

bool CookieAttributes::contains(std::string_view name) const {
    return std::any_of(attributes_.begin(), attributes_.end(), is_called(name));
}

std::optional<std::string> CookieAttributes::get(std::string_view name) const {
    auto const last = std::find_if(attributes_.rbegin(), attributes_.rend(), is_called(name));
    return last == attributes_.rend() ? std::nullopt : last->second;
}

void CookieAttributes::add(std::string name, std::optional<std::string> value) {
    attributes_.emplace_back(std::move(name), std::move(value));
}

void CookieAttributes::set(std::string_view name, std::optional<std::string> value) {
    auto const first = std::find_if(attributes_.begin(), attributes_.end(), is_called(name));
    if (first == attributes_.end()) return add(std::string(name), std::move(value));
    first->second = std::move(value);
    attributes_.erase(std::remove_if(first + 1, attributes_.end(), is_called(name)), attributes_.end());
}

std::size_t CookieAttributes::remove(std::string_view name) { return std::erase_if(attributes_, is_called(name)); }

MaybeTime expiry(CookieAttributes const& attributes, Time now) {
    // RFC 6265 §5.3 gives Max-Age precedence. The original proxy does not, and scripts depend on it.
    if (attributes.contains("expires")) return parse_date(attributes.get("expires").value_or(""));
    auto const seconds = parse_seconds(attributes.get("max-age").value_or(""));
    if (!seconds) return std::nullopt;
    auto const room = std::chrono::duration_cast<std::chrono::seconds>(Time::max() - std::max(now, Time{}));
    return now + std::min(*seconds, room);
}

bool is_expired(CookieAttributes const& attributes, Time now) {
    auto const end = expiry(attributes, now);
    return end && *end <= now;
}

}  // namespace pathology::proxycore::flow
