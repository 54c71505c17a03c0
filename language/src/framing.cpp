#include "framing.hpp"

#include <algorithm>
#include <pathology/proxycore/http2/frame_header.hpp>

namespace pathology::language {
namespace {

using proxycore::http2::FrameHeader;

/// Takes bytes off the front of pieces.
class Cutter {
public:
    explicit Cutter(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {
        for (auto const& piece : pieces_) left_ = saturating_sum(left_, size(piece));
    }

    std::uint64_t left() const { return left_; }

    /// How many bytes of one value that is no literal come next.
    std::uint64_t bulk() const {
        if (at_ == pieces_.size() || std::holds_alternative<SendBytes>(pieces_[at_])) return 0;
        return size(pieces_[at_]) - done_;
    }

    /// The next bytes, at most `n`, of one piece.
    Piece take(std::uint64_t n) {
        auto const& piece = pieces_[at_];
        n = std::min(n, size(piece) - done_);
        auto taken = cut(piece, done_, n);
        done_ += n;
        left_ -= n;
        if (done_ == size(piece)) {
            ++at_;
            done_ = 0;
        }
        return taken;
    }

private:
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t left_ = 0;
};

/// The value of a piece, for frames that repeat.
std::variant<SendGenerated, SendFile> value_of(Piece piece) {
    if (auto* generated = std::get_if<SendGenerated>(&piece)) return *generated;
    return std::move(std::get<SendFile>(piece));
}

std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

}  // namespace

void add_frames(Layout& layout, std::vector<Piece> pieces, Framing const& framing, Http2Place const& place) {
    std::uint32_t const most = std::clamp(place.max_frame_size, 1U, FrameHeader::largest_length);
    FrameHeader header{.type = framing.first, .flags = framing.first_flags, .stream = place.stream};
    FrameHeader const middle{.length = most, .type = framing.rest, .stream = place.stream};
    Cutter cutter(std::move(pieces));
    do {
        header.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(cutter.left(), most));
        auto const repeated = std::min(cutter.bulk(), cutter.left() - header.length) / most;
        layout.begin_frame();
        if (header == middle && repeated > 1) {
            auto value = value_of(cutter.take(repeated * most));
            layout.add(Piece(SendFramed{std::move(value), encode(header), most, 0,
                                        saturating_product(repeated, FrameHeader::size + most)}));
            continue;
        }
        auto const end = cutter.left() - header.length;
        if (end == 0) header.flags |= framing.last_flags;
        layout.add(encode(header));
        while (cutter.left() > end) layout.add(cutter.take(cutter.left() - end));
        header.type = framing.rest;
        header.flags = 0;
    } while (cutter.left() > 0);
}

}  // namespace pathology::language
