#include <algorithm>
#include <charconv>
#include <pathology/proxycore/flow/cookies.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "ascii.hpp"

namespace pathology::proxycore::flow {
namespace {

auto is_called(std::string_view name) {
    return [name](CookieAttributes::Attribute const& attribute) {
        return http::equals_ignoring_case(attribute.first, name);
    };
}

constexpr auto most_seconds = std::chrono::duration_cast<std::chrono::seconds>(Time::duration::max()) / 2;

/// A whole number, however large; what the clock cannot count is cut to what it can.
std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
    auto digits = ascii::trimmed(text);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t seconds = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (digits.empty() || end != digits.data() + digits.size() || error == std::errc::invalid_argument)
        return std::nullopt;
    if (error == std::errc::result_out_of_range) return digits.front() == '-' ? -most_seconds : most_seconds;
    return std::clamp(std::chrono::seconds(seconds), -most_seconds, most_seconds);
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
