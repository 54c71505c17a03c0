// The program pathop, from its options to its exit status.
#pragma once

#include <pathology/proxycore/console/console.hpp>

#include "program/options.hpp"

namespace pathology::pathop {

/// Lists the options, or serves until a signal. Returns the exit status: 0, or 1 for any error.
int run(ProgramOptions const& options, proxycore::console::Console& console);

}  // namespace pathology::pathop
