#pragma once
// Plays a plan into memory, for tests that look at bytes.

#include <chrono>
#include <optional>
#include <ostream>
#include <pathology/language/player.hpp>
#include <pathology/language/print.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pathology::language::test {

struct Played {
    std::string bytes;
    std::vector<std::pair<std::uint64_t, std::optional<double>>> pauses;  ///< bytes before it, seconds
    bool disconnected = false;
    Ending ending = Ending::fin;  ///< how, if it has disconnected
    std::string error;

    friend bool operator==(Played const&, Played const&) = default;
};

inline void PrintTo(Played const& played, std::ostream* out) {
    *out << played.bytes.size() << " bytes '" << escape(played.bytes.substr(0, 400)) << "', " << played.pauses.size()
         << " pauses" << (played.disconnected ? ", disconnected " : " ") << played.error;
}

inline Played play(Plan const& plan, std::uint64_t seed, std::size_t block = Player::default_block,
                   std::uint64_t times = 1) {
    Played played;
    Player player(block);
    player.start(plan, seed, times);
    for (;;) {
        auto action = player.next();
        if (action.has_error()) {
            played.error = action.error().message;
            return played;
        }
        if (auto const* send = std::get_if<Send>(&*action)) {
            played.bytes.append(send->bytes.data(), send->bytes.size());
        } else if (auto const* pause = std::get_if<Pause>(&*action)) {
            std::optional<double> seconds;
            if (auto const time = pause->time()) seconds = std::chrono::duration<double>(*time).count();
            played.pauses.emplace_back(played.bytes.size(), seconds);
        } else {
            auto const* const disconnect = std::get_if<Disconnect>(&*action);
            played.disconnected = disconnect != nullptr;
            if (disconnect != nullptr) played.ending = disconnect->how;
            return played;
        }
    }
}

}  // namespace pathology::language::test
