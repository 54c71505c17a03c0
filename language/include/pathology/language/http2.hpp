#pragma once
// How a message goes over an HTTP/2 connection: by a plan like any other, or in parts that flow control may cut.

#include <optional>
#include <pathology/language/plan.hpp>
#include <string>

namespace pathology::language {

/// A regular message in parts, for a sender that obeys flow control.
struct Http2Parts {
    /// The HEADERS frame and its CONTINUATIONs. END_STREAM is set when the body is empty.
    std::string head;
    /// The bytes of the body, without any frame headers.
    Plan body;
};

/// The parts of a regular message: a resolved request or response without actions. Nothing for raw frames, prefaces and
/// messages whose header block is not known beforehand (a field of generated or file data above 4 KiB): these can only
/// be sent whole, by make_plan(). `settings.protocol` has to be http2.
///
/// Errors: those of make_plan().
Parsed<std::optional<Http2Parts>> make_http2_parts(Message const& resolved, Settings const& settings);

/// Moves frames to another stream: writes it into the header of every frame of `head`, so that a plan made once serves
/// every stream.
void set_stream(std::string& head, std::uint32_t stream);

/// Which stream each message of a client's script is for: requests take 1, 3, 5…, and what stands between them belongs
/// to the request before it (to the first one when there is none).
class ClientStreams {
public:
    /// The stream of the next message of the script; frames that name their own are no matter here.
    std::uint32_t next(Message const& message);

private:
    std::uint32_t last_ = 0;
};

}  // namespace pathology::language
