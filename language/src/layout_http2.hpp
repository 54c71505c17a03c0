#pragma once
// HTTP/2 frames as pieces: header blocks, bodies, and the frames both are cut into.

#include <initializer_list>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/hpack.hpp>

#include "layout.hpp"

namespace pathology::language {

/// Lays out a header block, field by field.
class HeaderBlock {
public:
    /// The fields are added to `layout`. A block that continues another one announces no table size.
    HeaderBlock(Layout& layout, Settings const& settings, bool continues = false);

    /// A field; its name and its value are the given values, one after the other.
    Parsed<void> add(std::initializer_list<Value const*> name, std::initializer_list<Value const*> value);
    Parsed<void> add(std::string_view name, std::string_view value);
    Parsed<void> add(std::string_view name, Value const& value);

private:
    Layout& layout_;
    Settings const& settings_;
    proxycore::http2::HeaderBlockEncoder encoder_;
    bool announced_;
};

/// How pieces become frames: the first has these flags and this type, the others are of type `rest`, and the last has
/// these flags in addition.
struct Framing {
    std::uint8_t first = 0;
    std::uint8_t rest = 0;
    std::uint8_t first_flags = 0;
    std::uint8_t last_flags = 0;
};

/// Cuts pieces into frames no longer than the place allows; without any bytes there is one empty frame.
void add_frames(Layout& layout, std::vector<Piece> pieces, Framing const& framing, Http2Place const& place);

/// The parts of a message: HEADERS and CONTINUATION frames, and the body as it is.
struct Http2Pieces {
    Base head;
    std::vector<Piece> body;
};
Parsed<Http2Pieces> http2_pieces(Response const& response, Layout& layout, Settings const& settings);
Parsed<Http2Pieces> http2_pieces(Request const& request, Layout& layout, Settings const& settings);

/// The whole message, its body in DATA frames.
Parsed<void> lay_out_http2(Response const& response, Layout& layout, Settings const& settings);
Parsed<void> lay_out_http2(Request const& request, Layout& layout, Settings const& settings);

}  // namespace pathology::language
