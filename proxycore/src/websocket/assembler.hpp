// Assembles messages from the parts of data frames (RFC 6455 §5.4, RFC 7692 §7.2.2).
//
//     idle ── text or binary frame ──▶ open ── continuation frames ──▶ open ── part with `ends` and FIN ──▶ idle
//       └─ continuation: violation      └─ text or binary: violation            the message is returned
//
// Each part is decompressed and checked for UTF-8 and size as it arrives, so a violation does not wait for the end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <vector>

#include "websocket/utf8.hpp"

namespace pathology::proxycore::websocket {

/// Clears a text, and frees its memory if that is more than a megabyte.
inline void forget(std::string& text) {
    text.clear();
    if (text.capacity() > 1U << 20U) text.shrink_to_fit();
}

/// Joins, decompresses and checks. Private to the library.
class Assembler {
public:
    /// `sender` is the role of the peer.
    Assembler(SessionSettings const& settings, Role sender);

    /// Consumes a part of a data frame. Returns the message if it is complete; its payload is in the part or in this
    /// object.
    Session::Outcome take(FrameHeader const& header, FramePart const& part);

    /// Returns true if the part belongs to a compressed message.
    bool is_compressed(FrameHeader const& header, FramePart const& part) const;
    /// Bytes of all messages so far that were decompressed.
    std::uint64_t decompressed() const { return decompressed_; }

private:
    std::optional<Violation> begin(FrameHeader const& header);
    void record_fragment();
    std::optional<Violation> append(std::string_view payload, bool is_last);
    std::optional<Violation> decompress(std::string_view payload, bool is_last);
    std::optional<Violation> judge_text(std::string_view more, bool is_last);
    Violation too_large() const;

    std::size_t limit_;
    std::optional<Inflater> inflater_;
    Utf8Validator validator_;
    std::string joined_;
    std::vector<std::size_t> fragments_;  // sizes of complete fragments in joined_
    std::size_t fragments_sum_ = 0;
    std::uint64_t decompressed_ = 0;
    bool is_open_ = false;  // between the first and the last fragment
    bool is_text_ = false, is_compressed_ = false;
    bool is_given_ = false;  // joined_ was returned; the next call may clear it
};

}  // namespace pathology::proxycore::websocket
