// A session is two independent halves that share the state of closing:
//
//     prepare/commit ─▶ buffer_ ─▶ FrameReader ─┬─ control frames ─▶ control_ ─▶ Ping · Pong · Close ──▶ next()
//                                               └─ data frames ────▶ Assembler ─▶ Message ──────────────▶ next()
//     send ─▶ Deflater ─▶ fragments ─▶ frame: header, mask ─▶ out ─▶ outgoing()
//
// A control frame may come between the fragments of a message (RFC 6455 §5.4), so the two have separate buffers.
// Nothing is appended to `out` after our close frame (§5.5.1), and nothing is read after that of the peer.

#include <algorithm>
#include <cassert>
#include <cstring>
#include <pathology/proxycore/websocket/session.hpp>
#include <utility>

#include "assembler.hpp"

namespace pathology::proxycore::websocket {
namespace {

constexpr std::size_t max_slice = 1024;              // of a compressed part that is decompressed at once
constexpr std::uint64_t max_decompressed = 1 << 20;  // bytes of one next_step()
constexpr std::size_t max_at_once = 256 << 10;       // of a message that is compressed at once

Role other(Role role) { return role == Role::server ? Role::client : Role::server; }

FrameRules rules_for(SessionSettings const& settings) {
    auto rules = FrameRules::strict(settings.role);
    rules.allow_rsv1 = settings.deflate.has_value();
    // The limit applies to each frame before its payload is read. The assembler checks the whole message.
    rules.largest = std::max(settings.largest_message, max_control_payload);
    return rules;
}

/// The sizes of the fragments of a compressed message. Sizes of the uncompressed ones mean nothing here; their number
/// is kept.
std::vector<std::size_t> equal_parts(std::size_t size, std::size_t count) {
    return std::vector<std::size_t>(count, count == 0 ? 0 : size / count);
}

}  // namespace

class Session::Impl {
public:
    explicit Impl(SessionSettings settings)
        : settings_(std::move(settings)), reader_(rules_for(settings_)), assembler_(settings_, other(settings_.role)) {
        assert(settings_.role == Role::server || settings_.masking_key);
        if (settings_.deflate) deflater_.emplace(*settings_.deflate, settings_.role, settings_.deflate_level);
    }

    std::span<char> prepare(std::size_t size) {
        // Unread bytes move to the front only if the rest of the buffer is too small.
        if (begin_ == end_) begin_ = end_ = 0;
        if (buffer_.size() - end_ < size) {
            if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= std::exchange(begin_, 0);
            if (buffer_.size() - end_ < size) buffer_.resize(end_ + size);
        }
        return {buffer_.data() + end_, buffer_.size() - end_};
    }
    void commit(std::size_t size) { end_ += size; }

    Outcome next_step();
    bool wants_next() const { return wants_next_; }
    void start_sending(Message const& message);
    bool is_sending() const { return !to_compress_.empty(); }
    void send_step();
    void finish_sending() {
        while (is_sending()) send_step();
    }
    void control(Opcode opcode, std::string_view payload);
    void close(Close const& close);

    std::string out;
    bool is_open() const { return !close_sent_ && !close_received_; }
    bool is_over() const { return (close_sent_ && close_received_) || broken_; }

private:
    FramePart next_slice();
    Outcome take(FramePart const& part);
    Outcome take_control(FramePart const& part);
    Outcome finish_control();
    Outcome fail(Violation violation);
    void send_compressed();
    void fragments(FrameHeader header, std::string_view payload, std::span<std::size_t const> sizes);
    void frame(FrameHeader header, std::string_view payload);

    SessionSettings settings_;
    FrameReader reader_;
    Assembler assembler_;
    std::optional<Deflater> deflater_;
    std::vector<char> buffer_;  // [begin_, end_) is unread
    std::size_t begin_ = 0, end_ = 0;
    std::optional<FramePart> part_;  // of the reader, as far as it is not taken
    bool wants_next_ = false;
    std::string control_;  // payload of a control frame, as far as it has arrived
    // The message that is being compressed: its header, the number of its fragments, and what was compressed of it.
    FrameHeader header_;
    std::size_t fragment_count_ = 0;
    std::string to_compress_, compressed_;
    std::size_t compressed_until_ = 0;
    std::optional<Violation> broken_;
    bool close_sent_ = false, close_received_ = false;
};

// --- in --------------------------------------------------------------------------------------------------------------

Session::Outcome Session::Impl::next_step() {
    if (broken_) return *broken_;
    auto const limit = assembler_.decompressed() + max_decompressed;
    while (!close_received_) {  // RFC 6455 §1.4: data after a close frame is ignored
        wants_next_ = assembler_.decompressed() > limit;
        if (wants_next_) return std::optional<Event>();
        if (!part_) {
            std::span<char> bytes(buffer_.data() + begin_, end_ - begin_);
            auto const part = reader_.next(bytes);
            begin_ = end_ - bytes.size();
            if (!part) return fail(part.error());
            if (!*part) return std::optional<Event>();
            part_ = **part;
        }
        auto outcome = take(next_slice());
        if (!outcome) return fail(outcome.error());
        if (*outcome) return outcome;
    }
    begin_ = end_;
    return std::optional<Event>();
}

/// A kilobyte may become a megabyte, so compressed parts are taken in slices.
FramePart Session::Impl::next_slice() {
    bool const is_large = part_->payload.size() > max_slice;
    auto const& header = reader_.header();
    if (!is_large || is_control(header.opcode) || !assembler_.is_compressed(header, *part_))
        return *std::exchange(part_, std::nullopt);
    auto slice = *part_;
    slice.payload = slice.payload.first(max_slice);
    slice.ends = false;
    part_->payload = part_->payload.subspan(max_slice);
    part_->begins = false;
    return slice;
}

Session::Outcome Session::Impl::take(FramePart const& part) {
    auto const& header = reader_.header();
    return is_control(header.opcode) ? take_control(part) : assembler_.take(header, part);
}

Session::Outcome Session::Impl::take_control(FramePart const& part) {
    if (part.begins) control_.clear();
    // At most 125 bytes: the reader has checked the length.
    control_.append(part.payload.data(), part.payload.size());
    return part.ends ? finish_control() : std::optional<Event>();
}

Session::Outcome Session::Impl::finish_control() {
    switch (static_cast<Opcode>(reader_.header().opcode)) {
        case Opcode::ping:
            if (settings_.responds) control(Opcode::pong, control_);
            return std::optional<Event>(Ping{control_});
        case Opcode::pong: return std::optional<Event>(Pong{control_});
        default: break;
    }
    auto const why = parse_close(control_);
    if (!why) return why.error();
    close_received_ = true;
    Close const echo{why->code, {}};  // RFC 6455 §5.5.1: typically the code received
    if (settings_.responds) close(echo);
    return std::optional<Event>(*why);
}

Session::Outcome Session::Impl::fail(Violation violation) {
    // RFC 6455 §7.1.7: fail the connection with a close frame that names the reason.
    Close const why{static_cast<std::uint16_t>(violation.close_code), violation.message};
    if (settings_.responds) close(why);
    broken_ = std::move(violation);
    return *broken_;
}

// --- out -------------------------------------------------------------------------------------------------------------

void Session::Impl::start_sending(Message const& message) {
    finish_sending();
    if (close_sent_) return;
    FrameHeader header;
    header.opcode = static_cast<std::uint8_t>(message.is_text ? Opcode::text : Opcode::binary);
    // Short messages grow by compression. Each message may be sent uncompressed (RFC 7692 §6).
    header.rsv1 = deflater_ && message.payload.size() >= settings_.deflate_from;
    if (!header.rsv1) return fragments(header, message.payload, message.fragments);
    header_ = header;
    fragment_count_ = message.fragments.size();
    compressed_.clear();
    if (message.payload.size() > max_at_once) {
        to_compress_ = message.payload;
        return send_step();
    }
    deflater_->compress(message.payload, compressed_);
    send_compressed();
}

void Session::Impl::send_step() {
    if (!is_sending()) return;
    auto const piece = std::string_view(to_compress_).substr(compressed_until_, max_at_once);
    compressed_until_ += piece.size();
    bool const is_last = compressed_until_ == to_compress_.size();
    deflater_->compress(piece, is_last, compressed_);
    if (!is_last) return;
    compressed_until_ = 0;
    forget(to_compress_);
    send_compressed();
}

void Session::Impl::send_compressed() {
    // The number of fragments is kept; their sizes have no meaning after compression.
    auto const sizes = equal_parts(compressed_.size(), fragment_count_);
    fragments(header_, compressed_, sizes);
    forget(compressed_);
}

void Session::Impl::fragments(FrameHeader header, std::string_view payload, std::span<std::size_t const> sizes) {
    for (; sizes.size() > 1; sizes = sizes.subspan(1)) {
        header.fin = false;
        frame(header, payload.substr(0, sizes.front()));
        payload.remove_prefix(std::min(sizes.front(), payload.size()));
        header.opcode = static_cast<std::uint8_t>(Opcode::continuation);
        header.rsv1 = false;
    }
    header.fin = true;
    frame(header, payload);
}

void Session::Impl::control(Opcode opcode, std::string_view payload) {
    if (close_sent_) return;
    FrameHeader header;
    header.opcode = static_cast<std::uint8_t>(opcode);
    frame(header, payload.substr(0, max_control_payload));
}

void Session::Impl::close(Close const& close) {
    finish_sending();
    control(Opcode::close, encode(close));
    close_sent_ = true;
}

void Session::Impl::frame(FrameHeader header, std::string_view payload) {
    header.length = payload.size();
    header.masked = settings_.role == Role::client;
    if (header.masked) header.key = settings_.masking_key();
    append(out, header);
    auto const at = out.size();
    out += payload;
    if (header.key) apply_mask(std::span(out).subspan(at), *header.key);
}

// --- public interface ----------------------------------------------------------------------------------------------

Session::Session(SessionSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::span<char> Session::prepare(std::size_t size) { return impl_->prepare(size); }
void Session::commit(std::size_t size) { impl_->commit(size); }
void Session::feed(std::string_view bytes) {
    auto const room = impl_->prepare(bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    impl_->commit(bytes.size());
}
Session::Outcome Session::next() {
    auto outcome = impl_->next_step();
    while (outcome && !*outcome && impl_->wants_next()) outcome = impl_->next_step();
    return outcome;
}
Session::Outcome Session::next_step() { return impl_->next_step(); }
bool Session::wants_next() const { return impl_->wants_next(); }
void Session::send(Message const& message) {
    impl_->start_sending(message);
    impl_->finish_sending();
}
void Session::start_sending(Message const& message) { impl_->start_sending(message); }
bool Session::is_sending() const { return impl_->is_sending(); }
void Session::send_step() { impl_->send_step(); }
void Session::ping(std::string_view payload) { impl_->control(Opcode::ping, payload); }
void Session::pong(std::string_view payload) { impl_->control(Opcode::pong, payload); }
void Session::close(Close const& close) { impl_->close(close); }
std::string_view Session::outgoing() const { return impl_->out; }
void Session::clear_outgoing() { forget(impl_->out); }
void Session::take_outgoing(std::string& empty) {
    forget(empty);
    impl_->out.swap(empty);
}
bool Session::is_open() const { return impl_->is_open(); }
bool Session::is_over() const { return impl_->is_over(); }

}  // namespace pathology::proxycore::websocket
