// The bytes that would be sent, on standard output and without a socket.
#pragma once

#include "program/options.hpp"
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <span>

#include "script.hpp"

namespace pathology::pathoc {

/// Writes the messages of every connection one after the other. Pauses are not waited for; a disconnect ends its
/// connection. With `explain`, each message is told on standard error as `>> SPEC`.
proxycore::console::ExitCode preview(ProgramOptions const& options, std::span<Script const> scripts,
                                     proxycore::console::Console& console);

}  // namespace pathology::pathoc
