// The command line of the program: its options, and their values before they are checked together.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/console/command_line.hpp>
#include <pathology/proxycore/console/units.hpp>
#include <string>

#include "program/options.hpp"

namespace pathology::pathoc {

/// The arguments as typed, before they are checked and converted.
struct Arguments {
    ProgramOptions options;
    std::string host, proxies, tunnel, socks, ignored_codes;
    std::optional<std::string> proxy_auth, socks_auth;
    std::optional<std::uint16_t> port;
    std::optional<std::chrono::nanoseconds> time_limit;
    std::optional<std::int64_t> connections;
    std::optional<std::string> read_rate;
    std::optional<proxycore::console::Bytes> receive_buffer, window;
    bool no_timestamp = false, json = false, prior_knowledge = false, no_window_updates = false;
};

/// Parses the command line.
/// Errors: the exit of --help and the like, and a usage error for a single option.
boost::system::result<Arguments, proxycore::console::Exit> read_arguments(int argc, char const* const* argv);

}  // namespace pathology::pathoc
