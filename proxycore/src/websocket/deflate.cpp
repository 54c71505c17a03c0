// permessage-deflate: compression of messages by zlib (RFC 7692 §7.2).
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <pathology/proxycore/websocket/deflate.hpp>
#include <utility>

namespace pathology::proxycore::websocket {
namespace {

// zlib does not support raw streams with a window of 256 bytes. Its streams for 512 bytes refer back 250 bytes at most
// (deflate.h, MAX_DIST), which fits into 256. Incoming streams are read with 512, for peers that do not limit this.
constexpr unsigned smallest_window = 9;
constexpr int memory_level = 8;
constexpr std::size_t growth = 16U << 10U;
constexpr std::string_view tail("\0\0\xff\xff", 4);  // removed by the sender (RFC 7692 §7.2.1)

// The window of the sender: the receiver needs one of the same size to resolve references.
int window_of(DeflateParameters const& agreed, Role sender) {
    auto const bits = sender == Role::server ? agreed.server_max_window_bits : agreed.client_max_window_bits;
    return static_cast<int>(std::clamp(bits.value_or(widest_window), smallest_window, widest_window));
}

bool forgets(DeflateParameters const& agreed, Role sender) {
    return sender == Role::server ? agreed.server_no_context_takeover : agreed.client_no_context_takeover;
}

/// Sets the next input of zlib; it counts in 32 bits and does not modify the input.
void feed(z_stream& stream, std::string_view& input) {
    auto const size = std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max());
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<Bytef const*>(input.data()));
    stream.avail_in = static_cast<uInt>(size);
    input.remove_prefix(size);
}

/// Adds output space at the end of `out`.
void grow(z_stream& stream, std::string& out, std::size_t by) {
    auto const size = out.size();
    out.resize(size + by);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(by);
}

/// Removes the unused output space.
void shrink(z_stream& stream, std::string& out) { out.resize(out.size() - std::exchange(stream.avail_out, 0)); }

}  // namespace

// --- out -------------------------------------------------------------------------------------------------------------

// zlib allocates at the first message: most connections with the extension never send a compressed one.
struct Deflater::State {
    State(int its_window, bool its_forgets, int its_level)
        : window(its_window), level(its_level), forgets(its_forgets) {}
    ~State() {
        if (is_ready) deflateEnd(&stream);
    }
    State(State const&) = delete;
    State& operator=(State const&) = delete;

    void make_ready() {
        if (std::exchange(is_ready, true)) return;
        auto const outcome = deflateInit2(&stream, level, Z_DEFLATED, -window, memory_level, Z_DEFAULT_STRATEGY);
        is_ready = outcome == Z_OK;
        if (!is_ready) throw std::bad_alloc();
    }

    z_stream stream{};
    int window, level;
    bool forgets, is_ready = false;
};

Deflater::Deflater(DeflateParameters const& agreed, Role sender, int level)
    : state_(std::make_unique<State>(window_of(agreed, sender), forgets(agreed, sender), level)) {}
Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

void Deflater::compress(std::string_view message, std::string& out) { compress(message, true, out); }

void Deflater::compress(std::string_view message, bool is_last, std::string& out) {
    if (message.empty()) {  // RFC 7692 §7.2.3.6: an empty block; zlib would not flush without input
        out += '\0';
        return;
    }
    state_->make_ready();
    auto& stream = state_->stream;
    auto room = std::min(message.size() / 2 + 64, growth);
    while (!message.empty()) {
        feed(stream, message);
        auto const flush = is_last && message.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH;
        do {
            grow(stream, out, room);
            room = growth;
            deflate(&stream, flush);
        } while (stream.avail_out == 0);
        shrink(stream, out);
    }
    if (!is_last) return;
    // Z_SYNC_FLUSH ends the output with an empty stored block, whose last four bytes are `tail` (§7.2.1).
    out.resize(out.size() - tail.size());
    if (state_->forgets) deflateReset(&stream);
}

// --- in --------------------------------------------------------------------------------------------------------------

struct Inflater::State {
    State(int its_window, bool its_forgets) : window(its_window), forgets(its_forgets) {}
    ~State() {
        if (is_ready) inflateEnd(&stream);
    }
    State(State const&) = delete;
    State& operator=(State const&) = delete;

    void make_ready() {
        if (std::exchange(is_ready, true)) return;
        is_ready = inflateInit2(&stream, -window) == Z_OK;
        if (!is_ready) throw std::bad_alloc();
    }

    /// After a last block another stream begins, which may reach back into this one (RFC 7692 §7.2.3.4).
    void begin_stream() {
        std::array<Bytef, 1U << widest_window> seen;
        uInt size = 0;
        inflateGetDictionary(&stream, seen.data(), &size);
        inflateReset(&stream);
        inflateSetDictionary(&stream, seen.data(), size);
    }

    Status decompress(std::string_view piece, std::string& out, std::size_t limit);

    z_stream stream{};
    int window;
    bool forgets, is_ready = false;
};

Inflater::Status Inflater::State::decompress(std::string_view piece, std::string& out, std::size_t limit) {
    make_ready();
    for (bool is_full = false; !piece.empty() || stream.avail_in > 0 || is_full;) {
        if (stream.avail_in == 0) feed(stream, piece);
        if (out.size() > limit) return Status::too_large;
        // One byte more than the limit: its presence is the proof that the message is too large.
        grow(stream, out, std::min(growth, limit - out.size() + 1));
        auto const outcome = inflate(&stream, Z_SYNC_FLUSH);
        is_full = stream.avail_out == 0;
        shrink(stream, out);
        if (outcome == Z_STREAM_END) {
            begin_stream();
            is_full = false;
        } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
            return Status::corrupt;
        }
    }
    return out.size() > limit ? Status::too_large : Status::ok;
}

Inflater::Inflater(DeflateParameters const& agreed, Role sender)
    : state_(std::make_unique<State>(window_of(agreed, sender), forgets(agreed, sender))) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Inflater::Status Inflater::decompress(std::string_view piece, std::string& out, std::size_t limit) {
    return state_->decompress(piece, out, limit);
}

Inflater::Status Inflater::finish(std::string& out, std::size_t limit) {
    auto const status = state_->decompress(tail, out, limit);
    if (state_->forgets) inflateReset(&state_->stream);
    return status;
}

}  // namespace pathology::proxycore::websocket
