// The command line of pathoc.
#pragma once

#include <boost/system/result.hpp>
#include <pathology/pathoc/options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <string>
#include <vector>

namespace pathology::pathoc {

/// Reads the arguments, without the program's name.
/// Errors: an Exit of status 2 for a wrong command line; of status 0 for --help and --version.
boost::system::result<Options, proxycore::console::Exit> parse_options(std::vector<std::string> arguments);

}  // namespace pathology::pathoc
