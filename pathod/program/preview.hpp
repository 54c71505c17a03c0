// pathod --preview: what a spec puts on the wire, without any wire.
#pragma once

#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <string_view>

namespace pathology::pathod {

/// Writes the bytes of one response, or of one or more WebSocket frames, to standard output; with `http2`, or when an
/// HTTP/2 frame comes first, the frames of any number of responses and HTTP/2 frames, on stream 1.
///
/// Pauses are not waited for, a disconnect ends the output, and `ws` answers the sample handshake of RFC 6455 §1.3.
/// With explain, each message goes to standard error before its bytes, frozen, as `>> SPEC`. `argument` is a spec, a
/// file that exists, or `+PATH`.
proxycore::console::ExitCode preview(std::string_view argument, bool http2, DaemonOptions const& options,
                                     proxycore::console::Console& console);

}  // namespace pathology::pathod
