// pathoc --preview: writes the bytes that would be sent to standard output.
#pragma once

#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <span>
#include "program/options.hpp"

#include "script.hpp"

namespace pathology::pathoc {

/// Writes the messages of every connection one after the other. Pauses are skipped; a disconnect ends its connection.
/// With `explain`, the frozen spec of each message is printed to standard error as `>> SPEC`.
proxycore::console::ExitCode preview(ProgramOptions const& options, std::span<Script const> scripts,
                                     proxycore::console::Console& console);

}  // namespace pathology::pathoc
