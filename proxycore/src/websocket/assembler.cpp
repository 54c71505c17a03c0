// is_open_ is true between the first and the last frame of a message. A returned message is a view: into the read
// buffer, or into joined_, which is emptied by the next call (is_given_).

#include "assembler.hpp"

namespace pathology::proxycore::websocket {

Assembler::Assembler(SessionSettings const& settings, Role sender) : limit_(settings.largest_message) {
    if (settings.deflate) inflater_.emplace(*settings.deflate, sender);
}

Session::Outcome Assembler::take(FrameHeader const& header, FramePart const& part) {
    if (std::exchange(is_given_, false)) forget(joined_);
    if (part.begins) {
        if (auto const broken = begin(header)) return *broken;
    }
    std::string_view const payload(part.payload.data(), part.payload.size());
    bool const is_last = part.ends && header.fin;
    // An uncompressed message in one frame that arrived in one piece is returned as a view into the read buffer: no
    // copy.
    bool const is_alone = is_last && part.begins && header.opcode != 0 && !is_compressed_;
    if (is_alone && payload.size() <= limit_) {
        if (auto const broken = judge_text(payload, true)) return *broken;
        is_open_ = false;
        return std::optional<Event>(Message{is_text_, payload});
    }
    if (auto const broken = is_compressed_ ? decompress(payload, is_last) : append(payload, is_last)) return *broken;
    if (part.ends) record_fragment();
    if (!is_last) return std::optional<Event>();
    is_open_ = false;
    is_given_ = true;
    bool const is_fragmented = fragments_.size() > 1;
    return std::optional<Event>(Message{
        is_text_, joined_, is_fragmented ? std::span<std::size_t const>(fragments_) : std::span<std::size_t const>()});
}

bool Assembler::is_compressed(FrameHeader const& header, FramePart const& part) const {
    bool const continues = header.opcode == static_cast<std::uint8_t>(Opcode::continuation);
    return part.begins && !continues ? header.rsv1 : is_compressed_;
}

void Assembler::record_fragment() {
    // The list has a limit: a peer may send a message in fragments of zero bytes. The last entry grows instead.
    if (fragments_.size() == max_fragment_sizes) {
        fragments_sum_ -= fragments_.back();
        fragments_.pop_back();
    }
    fragments_.push_back(joined_.size() - fragments_sum_);
    fragments_sum_ = joined_.size();
}

std::optional<Violation> Assembler::begin(FrameHeader const& header) {
    bool const continues = header.opcode == static_cast<std::uint8_t>(Opcode::continuation);
    if (continues && !is_open_)
        return Violation{Errc::unexpected_continuation, CloseCode::protocol_error, "continuation of no message"};
    if (continues) return std::nullopt;
    if (is_open_)
        return Violation{Errc::expected_continuation, CloseCode::protocol_error,
                         name_of(header.opcode) + " frame inside a fragmented message"};
    is_open_ = true;
    fragments_.clear();
    fragments_sum_ = 0;
    is_text_ = header.opcode == static_cast<std::uint8_t>(Opcode::text);
    // RSV1 of the first frame applies to the whole message (RFC 7692 §6).
    is_compressed_ = header.rsv1;
    validator_.reset();
    return std::nullopt;
}

std::optional<Violation> Assembler::append(std::string_view payload, bool is_last) {
    // joined_ never exceeds the limit, so the difference does not wrap.
    if (payload.size() > limit_ - joined_.size()) return too_large();
    joined_ += payload;
    return judge_text(payload, is_last);
}

std::optional<Violation> Assembler::decompress(std::string_view payload, bool is_last) {
    auto const before = joined_.size();
    auto status = inflater_->decompress(payload, joined_, limit_);
    if (status == Inflater::Status::ok && is_last) status = inflater_->finish(joined_, limit_);
    decompressed_ += joined_.size() - before;
    // Check the output first: the result must not depend on the size of reads.
    bool const is_good = status == Inflater::Status::ok;
    if (auto broken = judge_text(std::string_view(joined_).substr(before), is_last && is_good)) return broken;
    if (status == Inflater::Status::too_large) return too_large();
    if (status == Inflater::Status::corrupt)
        return Violation{Errc::bad_compression, CloseCode::invalid_payload, "message that does not decompress"};
    return std::nullopt;
}

std::optional<Violation> Assembler::judge_text(std::string_view more, bool is_last) {
    if (!is_text_) return std::nullopt;
    // A character may be split between frames (RFC 6455 §5.6), so only the last part has to end with a complete one.
    if (validator_.take(more) && (!is_last || validator_.is_complete())) return std::nullopt;
    return Violation{Errc::bad_utf8, CloseCode::invalid_payload, "text message that is no UTF-8"};
}

Violation Assembler::too_large() const {
    return {Errc::too_large, CloseCode::message_too_big,
            "message of more than the " + std::to_string(limit_) + " bytes that are allowed"};
}

}  // namespace pathology::proxycore::websocket
