// The program pathod from its options to its exit status.
#pragma once

#include <pathology/proxycore/console/console.hpp>

#include "program/options.hpp"

namespace pathology::pathod {

/// Previews, or listens until a signal. Gives the status to return from main.
int run(ProgramOptions const& options, proxycore::console::Console& console);

}  // namespace pathology::pathod
