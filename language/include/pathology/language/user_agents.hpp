#pragma once
// The browsers and robots that `uNAME` and `uLETTER` stand for.

#include <optional>
#include <span>
#include <string_view>

namespace pathology::language {

struct KnownUserAgent {
    std::string_view name;    ///< `firefox`
    char shortcut;            ///< `f`
    std::string_view string;  ///< the value of the User-Agent header
};

/// All of them, in the order of their names.
std::span<KnownUserAgent const> known_user_agents();

/// The header value for a lower-case name or letter.
std::optional<std::string_view> user_agent_string(std::string_view shortcut);

}  // namespace pathology::language
