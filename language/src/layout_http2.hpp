#pragma once
// Requests and responses as HTTP/2 frames, in pieces.

#include "layout.hpp"

namespace pathology::language {

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
