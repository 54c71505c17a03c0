// One frame after another, out of a buffer that the caller reads into. The header is decoded from the buffer if it is
// complete there; otherwise its bytes are gathered in start_ until it is. Payload is never copied.

#include <algorithm>
#include <cstring>
#include <pathology/proxycore/websocket/frame_reader.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>

namespace pathology::proxycore::websocket {
namespace {

/// The size of the shortest header for this length and mask.
std::size_t shortest_header(FrameHeader const& header) {
    std::size_t const extended = header.length < 126 ? 0 : header.length < 65536 ? 2 : 8;
    return 2 + extended + (header.masked ? 4 : 0);
}

std::string named(std::uint8_t opcode) { return name_of(opcode) + " frame"; }

}  // namespace

FrameRules FrameRules::strict(Role role) {
    FrameRules rules;
    rules.masking = role == Role::server ? Masking::required : Masking::forbidden;
    return rules;
}

FrameRules FrameRules::tolerant() {
    FrameRules rules;
    rules.allow_reserved_bits = rules.allow_reserved_opcode = true;
    rules.allow_odd_control = rules.allow_odd_length = true;
    return rules;
}

FrameReader::Outcome FrameReader::next(std::span<char>& bytes) {
    if (broken_) return *broken_;
    FramePart part;
    if (left_ == 0) {
        if (!take_header(bytes)) {
            if (broken_) return *broken_;
            return std::optional<FramePart>();
        }
        part.begins = true;
        left_ = header_.length;
    } else if (bytes.empty()) {
        return std::optional<FramePart>();
    }
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_));
    part.payload = bytes.first(size);
    bytes = bytes.subspan(size);
    if (header_.key) apply_mask(part.payload, *header_.key, header_.length - left_);
    left_ -= size;
    part.ends = left_ == 0;
    return std::optional(part);
}

/// Returns false if more bytes are needed (the present ones are kept), or if the header is a violation.
bool FrameReader::take_header(std::span<char>& bytes) {
    std::optional<DecodedHeader> decoded;
    if (gathered_ == 0) decoded = decode({bytes.data(), bytes.size()});
    if (decoded) {
        bytes = bytes.subspan(decoded->size);
    } else {
        auto const more = std::min(bytes.size(), start_.size() - gathered_);
        std::copy_n(bytes.begin(), more, start_.begin() + gathered_);
        decoded = decode({start_.data(), gathered_ + more});
        bytes = bytes.subspan(decoded ? decoded->size - gathered_ : more);
        gathered_ = decoded ? 0 : gathered_ + more;
        if (!decoded) return false;
    }
    header_ = decoded->header;
    broken_ = judge(decoded->size);
    return !broken_;
}

std::optional<Violation> FrameReader::judge(std::size_t header_size) const {
    auto const broken = [](Errc code, std::string message, CloseCode close = CloseCode::protocol_error) {
        return Violation{code, close, std::move(message)};
    };
    if (!rules_.allow_reserved_bits) {
        // RFC 7692 §6: RSV1 marks a message, so only its first frame may have it.
        if (header_.rsv1 && (!rules_.allow_rsv1 || is_control(header_.opcode) || header_.opcode == 0))
            return broken(Errc::reserved_bits, "RSV1 in a " + named(header_.opcode));
        if (header_.rsv2) return broken(Errc::reserved_bits, "RSV2 in a " + named(header_.opcode));
        if (header_.rsv3) return broken(Errc::reserved_bits, "RSV3 in a " + named(header_.opcode));
    }
    if (is_reserved(header_.opcode) && !rules_.allow_reserved_opcode)
        return broken(Errc::reserved_opcode, "reserved opcode " + name_of(header_.opcode));
    if (is_control(header_.opcode) && !rules_.allow_odd_control) {
        if (!header_.fin) return broken(Errc::fragmented_control, "fragmented " + named(header_.opcode));
        if (header_.length > max_control_payload)
            return broken(Errc::long_control,
                          named(header_.opcode) + " of " + std::to_string(header_.length) + " bytes");
    }
    if (rules_.masking == FrameRules::Masking::required && !header_.masked)
        return broken(Errc::bad_masking, "unmasked " + named(header_.opcode) + " of a client");
    if (rules_.masking == FrameRules::Masking::forbidden && header_.masked)
        return broken(Errc::bad_masking, "masked " + named(header_.opcode) + " of a server");
    // §5.2: "the minimal number of bytes MUST be used", and "the most significant bit MUST be 0".
    if (!rules_.allow_odd_length) {
        if (header_size != shortest_header(header_))
            return broken(Errc::bad_length,
                          "length " + std::to_string(header_.length) + " in a longer form than needed");
        if (header_.length >> 63 != 0) return broken(Errc::bad_length, "length with its highest bit set");
    }
    if (header_.length > rules_.largest)
        return broken(Errc::too_large,
                      named(header_.opcode) + " of " + std::to_string(header_.length) + " bytes, more than the " +
                          std::to_string(rules_.largest) + " that are allowed",
                      CloseCode::message_too_big);
    return std::nullopt;
}

}  // namespace pathology::proxycore::websocket
