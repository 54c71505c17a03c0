// The command line of pathod.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <string>

namespace pathology::pathod {

/// What the program is asked to do.
struct ProgramOptions {
    DaemonOptions daemon;
    bool daemonize = false;
    std::optional<std::string> preview;  ///< write these bytes instead of listening
    bool http2 = false;                  ///< as they are over HTTP/2
};

/// Reads the arguments of main. The Exit is done for --help and --version, usage for what is wrong.
boost::system::result<ProgramOptions, proxycore::console::Exit> parse_options(int argc, char const* const* argv);

}  // namespace pathology::pathod
