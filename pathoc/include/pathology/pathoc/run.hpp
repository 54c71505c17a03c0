// The program pathoc, but for its command line.
#pragma once

#include <pathology/pathoc/options.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>

namespace pathology::pathoc {

/// Does what the options say: sends every message of every spec over `connections` connections one after the other,
/// and tells each exchange; or previews, or lists user agents. Reads every spec before it sends a byte.
///
/// Shape:  results on console.out(), talk on console.err().
/// Gives:  done      every request was answered, or its failure ignored as asked
///         peer      an exchange failed, or the proxy refused the tunnel
///         usage     a spec was refused
///         no_connection   a connection could not be made, and no exchange failed
///         interrupted     by SIGINT, which this function handles while it runs
proxycore::console::ExitCode run(Options const& options, proxycore::console::Console& console);

}  // namespace pathology::pathoc
