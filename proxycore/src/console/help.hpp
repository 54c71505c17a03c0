// The help text of a command line: grouped, wrapped, with the defaults of this build.
#pragma once

#include <string>
#include <vector>

namespace pathology::proxycore::console {

/// One line of the help.
struct HelpEntry {
    std::string names;         ///< "-p,--port" or the name of a place
    std::string placeholder;   ///< empty for a flag
    std::string text;          ///< what it does
    std::string default_text;  ///< empty = none shown
};

struct HelpGroup {
    std::string title;
    std::vector<HelpEntry> entries;
};

struct Help {
    std::string program, what_it_does, footer;
    std::string places;  ///< the positional part of the usage line: " HOST SPEC…"
    std::vector<HelpGroup> groups;
};

/// Lines of at most 96 columns.
std::string render(Help const& help);

}  // namespace pathology::proxycore::console
