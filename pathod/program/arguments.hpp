// The command line of the program: its options, and their values before they are checked together. Values are bound to
// the members of DaemonOptions where the types agree; others (units, negations, alternatives of an enum) are converted
// by parse_options().
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <pathology/proxycore/console/command_line.hpp>
#include <pathology/proxycore/console/units.hpp>

#include "program/options.hpp"

namespace pathology::pathod {

/// The arguments as typed, before they are checked and converted.
struct Arguments {
    ProgramOptions options;
    std::optional<proxycore::console::Bytes> size_limit, receive_buffer;
    proxycore::console::Bytes max_header{options.daemon.max_header}, max_body{options.daemon.max_body};
    proxycore::console::Bytes max_message{options.daemon.max_message};
    proxycore::console::Bytes window{options.daemon.http2_window};
    std::chrono::nanoseconds time_limit = *options.daemon.time_limit;
    bool no_craft = false, no_timestamp = false, no_http2 = false, no_clinic = false, no_window_updates = false;
    bool plain_tunnels = false, detect_in_tunnels = false;
    bool refuse = false, full_backlog = false;

    Arguments();
};

/// Parses the command line.
/// Errors: the exit of --help and the like, and a usage error for a single option.
boost::system::result<Arguments, proxycore::console::Exit> read_arguments(int argc, char const* const* argv);

}  // namespace pathology::pathod
