// The command line of pathop.
#pragma once

#include <boost/system/result.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <string>
#include <vector>

namespace pathology::pathop {

/// The parsed command line. Almost every flag sets an option of the proxy or of an addon.
struct ProgramOptions {
    std::vector<proxycore::addons::Setting> settings{};
    std::vector<std::string> scripts{};          ///< files of addons, in this order
    bool json = false;                           ///< one JSON object for each flow instead of text
    bool lists_options = false;                  ///< list the options and exit
    std::optional<std::string> explained_url{};  ///< explain how its upstream proxy is chosen and exit
    std::string explained_client{};              ///< address of the client for that
};

/// Parses the arguments of main. The Exit has the status `done` for --help and --version, `failed` for an error.
boost::system::result<ProgramOptions, proxycore::console::Exit> parse_options(int argc, char const* const* argv);

}  // namespace pathology::pathop
