// Parses frames in place and in pieces (RFC 6455 §5.2).
#pragma once
#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <pathology/proxycore/websocket/frame_header.hpp>
#include <pathology/proxycore/websocket/violation.hpp>
#include <span>
#include <string_view>

namespace pathology::proxycore::websocket {

/// The role of an endpoint.
enum class Role : std::uint8_t { client, server };

/// Rules for a single frame. Session checks the rules that need more than one frame.
struct FrameRules {
    enum class Masking : std::uint8_t { any, required, forbidden };

    Masking masking = Masking::any;
    bool allow_rsv1 = false;             ///< permessage-deflate is in use
    bool allow_reserved_bits = false;    ///< all three
    bool allow_reserved_opcode = false;  ///< 3 to 7 and 11 to 15
    bool allow_odd_control = false;      ///< control frames without FIN or of more than 125 bytes
    bool allow_odd_length = false;       ///< not the shortest form, and lengths of 2^63 and more
    std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();  ///< bytes of payload

    /// The rules of RFC 6455 for the peer of an endpoint of this role (§5.1: clients mask, servers do not).
    static FrameRules strict(Role role);
    /// Accepts every frame.
    static FrameRules tolerant();
};

/// A piece of a frame; its header is FrameReader::header().
struct FramePart {
    std::span<char> payload;  ///< unmasked, inside the caller's buffer
    bool begins = false;      ///< the first part; returned as soon as the header is complete
    bool ends = false;        ///< the last part
};

/// Parses one frame after another; the input may be cut at any byte.
///
///     header (2 to 14 bytes) ─▶ part with `begins` ─▶ further parts ─▶ part with `ends` ─▶ header …
///       └─ a rule is broken: every further call returns the violation
///
/// Shape:  the parts of a frame joined are its payload. A frame without payload is one empty part.
/// Owns:   the bytes of an incomplete header. Payloads are unmasked in the buffer of the caller.
/// Errors: the first broken rule; final. It is found when the header is complete, before any payload.
class FrameReader {
public:
    using Outcome = boost::system::result<std::optional<FramePart>, Violation>;

    explicit FrameReader(FrameRules rules = FrameRules::tolerant()) : rules_(rules) {}

    /// Removes the next part from the front of `bytes` and returns it; std::nullopt if more bytes are needed.
    Outcome next(std::span<char>& bytes);

    /// The header of the last part.
    FrameHeader const& header() const { return header_; }
    /// Returns true if the last part ended its frame and no byte of another one has arrived.
    bool is_between_frames() const { return left_ == 0 && gathered_ == 0; }

private:
    bool take_header(std::span<char>& bytes);
    std::optional<Violation> judge(std::size_t header_size) const;

    FrameRules rules_;
    FrameHeader header_;
    std::array<char, 14> start_{};  // of a header that came in pieces
    std::size_t gathered_ = 0;
    std::uint64_t left_ = 0;  // of the payload
    std::optional<Violation> broken_;
};

}  // namespace pathology::proxycore::websocket
