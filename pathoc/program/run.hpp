// The program pathoc, from its options to its exit status.
#pragma once

#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/record/clock.hpp>

#include "program/options.hpp"

namespace pathology::pathoc {

/// Sends every message of every spec over `connections` connections, one after the other, and reports each exchange;
/// or previews, or lists user agents. All specs are parsed before the first byte is sent. Results go to console.out(),
/// diagnostics to console.err().
///
/// Returns the exit status:
///   done            every request got a response, or its failure is ignored by an option
///   peer            an exchange failed, or a proxy refused the tunnel
///   usage           a spec or an option is invalid
///   no_connection   a connection failed, and no exchange did
///   128 + n         SIGINT, SIGTERM or SIGHUP arrived; they are handled while this function runs
/// `clock` gives the times of the reports.
int run(ProgramOptions const& options, proxycore::console::Console& console,
        proxycore::record::Clock const& clock = {});

}  // namespace pathology::pathoc
