#pragma once
// A resolved message as the ordered steps that put it on the wire. A value; immutable once made and shared by threads.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/ast.hpp>
#include <pathology/language/files.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/websocket/frame_header.hpp>
#include <string>
#include <variant>
#include <vector>

namespace pathology::language {

/// The masking of a WebSocket payload: the key, and the place in the payload of a step's first byte.
struct Mask {
    proxycore::websocket::MaskingKey key{};
    std::uint64_t phase = 0;

    friend bool operator==(Mask const&, Mask const&) = default;
};

/// Bytes known when the plan was made.
struct SendBytes {
    std::string bytes;
};

/// A part of a generated value: symbols [from, from + size) of the plan's stream number `stream`.
struct SendGenerated {
    DataType type = DataType::bytes;
    std::uint64_t stream = 0;
    std::uint64_t from = 0;
    std::uint64_t size = 0;
    std::optional<Mask> mask;
};

/// A part of a file.
struct SendFile {
    std::shared_ptr<FileContent const> file;
    std::uint64_t from = 0;
    std::uint64_t size = 0;
    std::optional<Mask> mask;
};

/// A part of a body in HTTP/2 frames of one size: bytes [from, from + size) of an endless repetition of the header and
/// `frame_payload` bytes of the value, which goes on from frame to frame.
struct SendFramed {
    std::variant<SendGenerated, SendFile> value;  ///< as many bytes as all frames hold together
    std::string frame_header;
    std::uint32_t frame_payload = 0;
    std::uint64_t from = 0;
    std::uint64_t size = 0;
};

/// Send nothing for a while; nullopt is for ever.
struct Pause {
    std::optional<std::chrono::seconds> length;
    /// Whether it stands before the message, behind it, or between two of its HTTP/2 frames, so that frames of others
    /// may be sent meanwhile.
    bool between_frames = false;
};

/// Close the connection in an orderly way. Always the last step.
struct Disconnect {};

using Step = std::variant<SendBytes, SendGenerated, SendFile, SendFramed, Pause, Disconnect>;

/// Steps in the order of the wire; no two SendBytes stand side by side.
struct Plan {
    std::vector<Step> steps;
    std::uint64_t base_length = 0;  ///< bytes of the message before any action
    std::uint64_t length = 0;       ///< bytes with injections, before any disconnect cuts them
    bool pauses = false;            ///< whether any step is a Pause
    bool disconnects = false;       ///< whether the last step is a Disconnect
    bool generates = false;         ///< whether the bytes depend on the Player's seed
};

/// Lowers a resolved message to steps.
///
/// Shape:  by HTTP/2 everything, frame headers included, for the place that `settings.http2` names, with DATA frames as
///         long as it allows.
/// Errors: SpecErrc::{file_access, needs_handshake, out_of_range} when the message was not resolved with these
///         settings; SpecErrc::wrong_protocol for what HTTP/2 has not: reasons, `ws`, `wf`.
/// Source: offsets count bytes of the base message for every action; past the end they act after the last byte;
///         actions at one place run in the order given.
Parsed<Plan> make_plan(Message const& resolved, Settings const& settings);

/// The size of the message before any action, in bytes; random and end offsets need no number yet.
Parsed<std::uint64_t> base_length(Message const& message, Settings const& settings);

}  // namespace pathology::language
