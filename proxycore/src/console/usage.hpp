// What a command line accepts, as data. Help, manual pages and shell completions are made from it.
#pragma once

#include <pathology/proxycore/console/command_line.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::console {

/// An option or a positional argument, as users see it.
struct Parameter {
    std::vector<std::string> names{};  ///< "-p" and "--port"; a positional argument has none
    std::string placeholder{};         ///< the word for its value, "PORT"; empty: it has no value
    std::string text{};                ///< what it does
    std::string default_text{};        ///< empty: none is shown
    std::vector<std::string> words{};  ///< what its value may be, or begin with; empty: anything
    bool is_required = false, is_repeatable = false;

    bool is_positional() const { return names.empty(); }
};

struct ParameterGroup {
    std::string title{};
    std::vector<Parameter> parameters{};
};

struct Usage {
    std::string program{}, description{}, version{};
    std::vector<ParameterGroup> groups{};   ///< in the order of declaration
    std::vector<std::string> examples{};    ///< command lines
    std::vector<ManualSection> sections{};  ///< of the manual page alone
    std::string footer{};                   ///< of the help alone

    /// Returns the group with this title; a new one is added at the end.
    ParameterGroup& group(std::string_view title);
    /// Returns the option with this name, "--port"; nullptr if the program has no such option.
    Parameter* find(std::string_view name);
};

/// What it does, then its default in brackets.
std::string full_text(Parameter const& parameter);

/// "[options] HOST [SPEC...]"
std::string synopsis(Usage const& usage);

/// The text of --help: at most 96 columns, complete lines.
std::string help_text(Usage const& usage);

/// The manual page, for man(1); `date` as YYYY-MM-DD.
std::string manual_page(Usage const& usage, std::string_view date);

/// The date of a manual page: today, or that of SOURCE_DATE_EPOCH, so that a package can be built twice with the same bytes.
std::string manual_date();

}  // namespace pathology::proxycore::console
