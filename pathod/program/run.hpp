// The program pathod, from its options to its exit status.
#pragma once

#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <string_view>

#include "program/options.hpp"

namespace pathology::pathod {

/// Previews, or serves until a signal. Returns the exit status.
int run(ProgramOptions const& options, proxycore::console::Console& console);

/// `--preview`: writes the bytes of one response, or of one or more WebSocket frames, to standard output. With `http2`,
/// or if the spec begins with an HTTP/2 frame, writes the frames of any number of responses and HTTP/2 frames, on
/// stream 1.
///
/// Pauses are skipped, a disconnect ends the output, and `ws` responds to the sample handshake of RFC 6455 §1.3. With
/// explain, the frozen spec of each message is printed to standard error before its bytes, as `>> SPEC`. `argument` is
/// a spec, an existing file, or `+PATH`.
proxycore::console::ExitCode preview(std::string_view argument, bool http2, DaemonOptions const& options,
                                     proxycore::console::Console& console);

/// `--clinic`: writes the cases of the clinic to standard output, one a line: the label, the verdict of a client, and
/// the fault with its source.
proxycore::console::ExitCode show_clinic(proxycore::console::Console& console);

}  // namespace pathology::pathod
