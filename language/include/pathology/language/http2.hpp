#pragma once
// Messages over HTTP/2: in parts that flow control may cut, and on their streams.

#include <optional>
#include <pathology/language/plan.hpp>
#include <string>

namespace pathology::language {

/// A message in parts, for a sender that obeys flow control.
struct Http2Parts {
    /// The HEADERS frame and its CONTINUATIONs. END_STREAM is set when the body is empty.
    std::string head;
    /// The bytes of the body, without frame headers.
    Plan body;
};

/// Returns the parts of a resolved request or response without actions. Returns std::nullopt for raw frames, prefaces
/// and messages whose header block is not known beforehand (a field of generated or file data above 4 KiB); they can
/// only be sent whole, by make_plan(). `settings.protocol` has to be http2.
///
/// Errors: those of make_plan().
Parsed<std::optional<Http2Parts>> make_http2_parts(Message const& resolved, Settings const& settings);

/// Writes a stream into the header of every frame of `head`. A plan that was made once then serves every stream.
void set_stream(std::string& head, std::uint32_t stream);

/// Assigns streams to the messages of a client's script: requests, and frames on the stream `next`, get 1, 3, 5…; any
/// other frame gets the stream of the one before it that opened one, or 1 if there is none. If both are repeated
/// (`xN`), the frames get the streams of the repetitions in turn, and those beyond them the last one.
class ClientStreams {
public:
    /// The stream of the next message of the script; `repetition` counts from 0 for each message. A frame that names
    /// its own stream overrides it.
    std::uint32_t next(Message const& message, std::uint64_t repetition = 0);

private:
    std::uint32_t first_ = 1, last_ = 1;  // of the repetitions of the last message that opened a stream
    bool is_open_ = false;                // whether there was one
};

}  // namespace pathology::language
