// The program pathod, from its options to its exit status.
#pragma once

#include <pathology/proxycore/console/console.hpp>

#include "program/options.hpp"

namespace pathology::pathod {

/// Previews, or serves until a signal. Returns the exit status.
int run(ProgramOptions const& options, proxycore::console::Console& console);

}  // namespace pathology::pathod
