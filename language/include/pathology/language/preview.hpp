#pragma once
// What a plan puts on the wire, without any wire.

#include <cstdint>
#include <functional>
#include <pathology/language/player.hpp>
#include <string_view>

namespace pathology::language {

/// How the bytes came to an end.
enum class PreviewEnd : std::uint8_t {
    finished,
    disconnected,  ///< the plan closes the connection
    unwanted,      ///< `write` takes no more
};

/// Gives `write` all that a started player has to send, block after block, until it returns false. Pauses are not
/// waited for.
/// Errors: those of Player::next().
Parsed<PreviewEnd> preview(Player& player, std::function<bool(std::string_view)> const& write);

}  // namespace pathology::language
