// The command line of pathod.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <string>

namespace pathology::pathod {

/// The parsed command line.
struct ProgramOptions {
    DaemonOptions daemon;
    bool daemonize = false;
    std::optional<std::string> preview;  ///< print the bytes of this spec instead of listening
    bool http2 = false;                  ///< in HTTP/2 frames
    bool show_clinic = false;            ///< print the cases of the clinic instead of listening
};

/// Parses the arguments of main. The Exit has the status `done` for --help and --version, `usage` for an error.
boost::system::result<ProgramOptions, proxycore::console::Exit> parse_options(int argc, char const* const* argv);

}  // namespace pathology::pathod
