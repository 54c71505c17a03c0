// A WebSocket frame that a daemon or a client of the test kit received.
#pragma once

#include <iosfwd>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

namespace pathology::testkit {

/// A frame as it came: `fin`, `masked`, `opcode`, `payload` (unmasked) and the others of the base; or, from a client,
/// why there was none.
///
/// Owns: all its text.
struct Frame : proxycore::record::RecordedFrame {
    std::string failure;  ///< why there is no frame, in a line: `Server disconnected`; else empty

    bool ok() const { return failure.empty(); }
    explicit operator bool() const { return ok(); }

    /// `text`, `binary`, `close`, `ping`, `pong`, `continue`; `0x3` and the like for a reserved opcode.
    std::string type() const;
};

/// For failure messages: type, flags and payload, or the failure.
void PrintTo(Frame const& frame, std::ostream* out);

}  // namespace pathology::testkit
