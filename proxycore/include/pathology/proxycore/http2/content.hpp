// Outgoing content of a message. The session reads it when flow control allows more bytes.
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <string_view>

namespace pathology::proxycore::http2 {

/// Gives a session the content of a response or a request, piece by piece.
class Content {
public:
    virtual ~Content() = default;

    struct Piece {
        std::string_view bytes;  ///< valid until consume()
        bool is_last = false;    ///< nothing follows these bytes but trailers
    };
    /// The next bytes, at most `limit`; a repeated call returns the same. No bytes that are not the last: nothing is
    /// there yet, resume() when there is. Nothing at all: it cannot go on, and the stream is reset (INTERNAL_ERROR).
    virtual std::optional<Piece> peek(std::size_t limit) = 0;
    /// These many of them were sent; 0 if only the end was.
    virtual void consume(std::size_t size) = 0;
    /// What follows the content (RFC 9113 §8.1), read once, with the last piece. Null or empty: nothing.
    virtual http::Fields const* trailers() const { return nullptr; }
};

}  // namespace pathology::proxycore::http2
