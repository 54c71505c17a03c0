// The beginning and the end of a program.
#pragma once

#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <string_view>

namespace pathology::proxycore::console {

/// To be called first in main. Opens those of the descriptors 0, 1 and 2 that the program was started without, so that
/// no socket and no file gets the number of a standard stream. Reading from them and writing to them fails.
void open_standard_streams();

/// Writes the line `program: message` to standard error. Bytes that could control a terminal are escaped, since
/// messages quote arguments, file names and peers.
void print_error(Console& console, std::string_view program, std::string_view message);

/// To be called last in main, with the exit status so far. Flushes the output. If standard output did not accept all of
/// it, prints the reason and returns 1 in place of 0; if its reader is gone (EPIPE), prints nothing and returns
/// `without_reader` in place of 0.
int end_program(Console& console, std::string_view program, int status, ExitCode without_reader = ExitCode::unread);

}  // namespace pathology::proxycore::console
