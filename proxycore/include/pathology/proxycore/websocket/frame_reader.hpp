// Frames out of bytes, in place and piece by piece (RFC 6455 §5.2).
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

/// Which side of a connection one is.
enum class Role : std::uint8_t { client, server };

/// What is demanded of a single frame. The rules that need more than one frame are the Session's.
struct FrameRules {
    enum class Masking : std::uint8_t { any, required, forbidden };

    Masking masking = Masking::any;
    bool allow_rsv1 = false;             ///< permessage-deflate gave it a meaning
    bool allow_reserved_bits = false;    ///< all three
    bool allow_reserved_opcode = false;  ///< 3 to 7 and 11 to 15
    bool allow_odd_control = false;      ///< control frames without FIN or of more than 125 bytes
    bool allow_odd_length = false;       ///< longer forms than needed, and lengths of 2^63 and more
    std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();  ///< bytes of payload

    /// What a strict endpoint of this role demands of its peer (RFC 6455 §5.1: clients mask, servers do not).
    static FrameRules strict(Role role);
    /// Whatever has the shape of a frame.
    static FrameRules tolerant();
};

/// A piece of a frame; its header is FrameReader::header().
struct FramePart {
    std::span<char> payload;  ///< unmasked, inside the caller's buffer
    bool begins = false;      ///< the first part, given as soon as the header is read
    bool ends = false;        ///< the last part
};

/// Reads one frame after another, however the bytes are cut.
///
/// Shape:  the parts of a frame joined are its payload. A frame without payload is one empty part.
/// Owns:   nothing but the bytes of an unfinished header; payloads stay where they arrived and are unmasked there.
/// Errors: the first broken rule, for good; it is found when the header is whole, before any payload.
class FrameReader {
public:
    using Outcome = boost::system::result<std::optional<FramePart>, Violation>;

    explicit FrameReader(FrameRules rules = FrameRules::tolerant()) : rules_(rules) {}

    /// Takes the next part from the front of `bytes`; nothing when they are used up.
    Outcome next(std::span<char>& bytes);

    /// That of the last part.
    FrameHeader const& header() const { return header_; }
    /// Whether the last part ended its frame and nothing of another one has come.
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
