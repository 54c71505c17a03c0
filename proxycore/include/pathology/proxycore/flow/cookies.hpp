// Cookies in both directions (RFC 6265), read as leniently as browsers send and servers set them.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/multi_dict.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::flow {

/// The attributes of one cookie, in order and as spelled. Names compare in any case, and the last one counts.
class CookieAttributes {
public:
    using Attribute = std::pair<std::string, std::optional<std::string>>;  ///< no value: `Secure`

    CookieAttributes() = default;
    CookieAttributes(std::initializer_list<Attribute> attributes) : attributes_(attributes) {}

    bool contains(std::string_view name) const;
    /// The value of the last one of that name; std::nullopt if it has none or is absent.
    std::optional<std::string> get(std::string_view name) const;
    void add(std::string name, std::optional<std::string> value);
    /// Sets the value of the first one of that name and removes the others; adds it if absent.
    void set(std::string_view name, std::optional<std::string> value);
    std::size_t remove(std::string_view name);
    std::vector<Attribute> const& items() const { return attributes_; }
    bool operator==(CookieAttributes const&) const = default;

private:
    std::vector<Attribute> attributes_;
};

/// A cookie as a server sets it.
struct SetCookie {
    std::string name, value;
    CookieAttributes attributes{};
    bool operator==(SetCookie const&) const = default;
};

/// Reads a Cookie field: `a=b; c="d e"`. A pair without `=` has an empty value, `=b` an empty name.
MultiDict parse_cookies(std::string_view field);
/// Writes one. Values that could not be parsed back are quoted.
std::string to_cookie_field(MultiDict const& cookies);

/// Reads a Set-Cookie field. A comma begins another cookie, except within the date of Expires.
std::vector<SetCookie> parse_set_cookie(std::string_view field);
/// Writes the field of one cookie. Expires and Path go without quotes.
std::string to_set_cookie_field(SetCookie const& cookie);

/// When it expires: Expires if that is a date; `now` + Max-Age if there is no Expires at all; std::nullopt = with the
/// session.
MaybeTime expiry(CookieAttributes const& attributes, Time now);
/// Whether it has expired: `expiry` is not later than `now`.
bool is_expired(CookieAttributes const& attributes, Time now);

/// Reads the dates of cookies and HTTP (RFC 9110 §5.6.7; RFC 6265 §5.1.1): any order of words browsers understand.
MaybeTime parse_date(std::string_view text);

}  // namespace pathology::proxycore::flow
