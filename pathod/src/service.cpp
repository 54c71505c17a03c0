#include "service.hpp"

namespace pathology::pathod {

std::unique_ptr<language::Player> Desk::borrow_player() {
    if (idle_players_.empty()) return std::make_unique<language::Player>();
    auto player = std::move(idle_players_.back());
    idle_players_.pop_back();
    return player;
}

}  // namespace pathology::pathod
