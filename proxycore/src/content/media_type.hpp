// The parsed value of a Content-Type field.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::content {

/// `type/subtype; name=value` (RFC 9110 §8.3.1). Type and subtype in lower case, parameters in order and as sent,
/// quotes undone.
struct MediaType {
    std::string type, subtype;
    std::vector<std::pair<std::string, std::string>> parameters{};

    /// The first parameter called `name`, in any case.
    std::optional<std::string> parameter(std::string_view name) const;
    /// Sets that parameter, in its place or at the end.
    void set_parameter(std::string_view name, std::string_view value);
    bool operator==(MediaType const&) const = default;
};

/// Parses leniently: white space is allowed anywhere, parameters without value are ignored. std::nullopt without
/// `type/subtype`.
std::optional<MediaType> parse_media_type(std::string_view field);

/// Quotes values that are not tokens.
std::string to_string(MediaType const& type);

}  // namespace pathology::proxycore::content
