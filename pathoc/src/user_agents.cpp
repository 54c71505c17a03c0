#include "user_agents.hpp"

#include <pathology/language/tables.hpp>

namespace pathology::pathoc {

std::string list_user_agents() {
    std::string text = "User agent strings:\n";
    for (auto const& agent : language::known_user_agents()) {
        text += "   ";
        text += agent.shortcut;
        text += ' ';
        text += agent.name;
        text += '\n';
    }
    return text;
}

}  // namespace pathology::pathoc
