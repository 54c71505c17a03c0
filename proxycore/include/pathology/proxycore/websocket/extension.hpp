// Sec-WebSocket-Extensions as a value (RFC 6455 §9.1).
#pragma once
#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::websocket {

/// `permessage-deflate; client_max_window_bits; server_max_window_bits="10"`
struct Extension {
    struct Parameter {
        std::string name{};
        std::optional<std::string> value{};  ///< without quotes
        bool operator==(Parameter const&) const = default;
    };
    std::string name{};
    std::vector<Parameter> parameters{};
    bool operator==(Extension const&) const = default;
};

/// Returns all extensions of all Sec-WebSocket-Extensions fields, in order; std::nullopt if one is malformed.
std::optional<std::vector<Extension>> parse_extensions(http::Fields const& fields);

/// Parses one list.
std::optional<std::vector<Extension>> parse_extensions(std::string_view list);

/// As sent: parameters after semicolons, values without quotes.
std::string to_string(Extension const& extension);

}  // namespace pathology::proxycore::websocket
