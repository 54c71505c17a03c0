// Ends of conversations that say what a script says, over any stream.
#pragma once

#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pathology::proxycore::test {

/// One thing an end of a conversation does: waits for something, speaks, and maybe leaves.
struct Turn {
    enum class Then { go_on, fin, half_close, reset, read_to_end, stall };
    std::string wait_for{};  ///< in what came since the turn before; empty = does not wait
    std::string send{};
    Then then = Then::go_on;
};
using Script = std::vector<Turn>;

/// Does not end before the other side does.
inline Turn read_to_end(std::string wait_for = {}) { return {std::move(wait_for), {}, Turn::Then::read_to_end}; }
inline Turn leave(std::string wait_for = {}) { return {std::move(wait_for), {}, Turn::Then::fin}; }

/// Plays the turns one after the other, then reads until the other side ends; `received` gets all that came.
boost::asio::awaitable<void> play_script(net::Stream& stream, Script const& script, std::string& received);

}  // namespace pathology::proxycore::test
