#pragma once
// Tables of the original programs: user agents and reason phrases.

#include <optional>
#include <span>
#include <string_view>

namespace pathology::language {

/// A browser or robot that `uNAME` and `uLETTER` stand for.
struct KnownUserAgent {
    std::string_view name;    ///< `firefox`
    char shortcut;            ///< `f`
    std::string_view string;  ///< the value of the User-Agent field
};

/// All of them, in the order of their names.
std::span<KnownUserAgent const> known_user_agents();

/// Returns the field value for a lower-case name or letter; std::nullopt if it is unknown.
std::optional<std::string_view> user_agent_string(std::string_view shortcut);

/// Returns the reason phrase for a status code as written (`200`, `00200`); `Unknown code` if there is none.
std::string_view reason_phrase(std::string_view code);

}  // namespace pathology::language
