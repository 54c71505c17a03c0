// The program pathop from its options to its exit status.
#pragma once

#include <pathology/proxycore/console/console.hpp>

#include "program/options.hpp"

namespace pathology::pathop {

/// Lists the options, or serves until a signal. Gives the status to return from main: 0, or 1 for whatever went wrong.
int run(ProgramOptions const& options, proxycore::console::Console& console);

}  // namespace pathology::pathop
