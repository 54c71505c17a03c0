#pragma once
// Pieces cut into HTTP/2 frames.

#include "layout.hpp"

namespace pathology::language {

/// How pieces become frames: the first is of the one type and has these flags, the rest is of the other, and the last
/// has its flags in addition.
struct Framing {
    std::uint8_t first = 0;
    std::uint8_t rest = 0;
    std::uint8_t first_flags = 0;
    std::uint8_t last_flags = 0;
};

/// Adds the pieces to a layout in frames no longer than the place allows; without any bytes there is one empty frame.
/// Frames that differ in nothing but a part of one generated value or file are one piece, however many they are.
void add_frames(Layout& layout, std::vector<Piece> pieces, Framing const& framing, Http2Place const& place);

}  // namespace pathology::language
