// gzip and deflate, by zlib.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string>

#include "stage.hpp"

namespace pathology::proxycore::content {
namespace {

constexpr int window = 15;
constexpr int gzip_format = 16;  // added to the window bits, see inflateInit2() in zlib.h
constexpr int memory_level = 8;

using Block = std::array<char, block_size>;

/// Sets the next piece of input. zlib counts in 32 bits, and does not modify the input.
void set_input(z_stream& stream, std::string_view& input) {
    auto const size = std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max());
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<Bytef const*>(input.data()));
    stream.avail_in = static_cast<uInt>(size);
    input.remove_prefix(size);
}

void set_output(z_stream& stream, Block& block) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
}

Result<void> emit(z_stream const& stream, Block const& block, Sink const& sink) {
    auto const size = block.size() - stream.avail_out;
    if (size == 0) return {};
    return sink({block.data(), size});
}

// --- decoding --------------------------------------------------------------------------------------------------------

/// "deflate" is the zlib format (RFC 9110 §8.4.1.2), but some servers send raw DEFLATE. The first two bytes decide.
///
///     nothing read ─▶ [deflate: head_ of two bytes ─▶ format] ─▶ in a member ─▶ between members ─▶ in a member …
///     finish() is valid before the first byte and between members; elsewhere the content is truncated
class Inflater final : public Stage {
public:
    explicit Inflater(Coding coding) : coding_(coding) {}
    ~Inflater() override {
        if (is_ready_) inflateEnd(&stream_);
    }

    Result<void> feed(std::string_view piece, Sink const& sink) override {
        if (!is_ready_ && coding_ == Coding::deflate) {
            auto const wanted = std::min<std::size_t>(piece.size(), 2 - head_.size());
            head_.append(piece.substr(0, wanted));
            piece.remove_prefix(wanted);
            if (head_.size() < 2) return {};
            make_ready(is_zlib_head() ? window : -window);
            if (auto done = inflate_all(head_, sink); done.has_error()) return done;
        } else if (!piece.empty()) {
            make_ready(window + gzip_format);
        }
        return inflate_all(piece, sink);
    }

    Result<void> finish(Sink const& sink) override {
        if (!is_ready_ && !head_.empty()) {  // one byte of deflate: no stream ends there
            return truncated(coding_, head_.size());
        }
        static_cast<void>(sink);
        if (is_ready_ && !is_between_members_) return truncated(coding_, consumed_);
        return {};
    }

private:
    // RFC 1950 §2.2: the method is 8, and the two bytes as a number are a multiple of 31.
    bool is_zlib_head() const {
        unsigned const first = static_cast<unsigned char>(head_[0]), second = static_cast<unsigned char>(head_[1]);
        return (first & 15U) == 8 && (first * 256 + second) % 31 == 0;
    }

    void make_ready(int bits) {
        if (is_ready_) return;
        if (inflateInit2(&stream_, bits) != Z_OK) throw std::bad_alloc();
        is_ready_ = true;
    }

    /// Inflates all members of the input. consumed_ is the position in the whole content, for failures.
    Result<void> inflate_all(std::string_view input, Sink const& sink) {
        while (!input.empty()) {
            auto const before = input.size();
            set_input(stream_, input);
            auto const given = before - input.size();
            auto outcome = inflate_piece(sink);
            consumed_ += given - stream_.avail_in;
            if (outcome.has_error()) return outcome;
            input = {input.data() - stream_.avail_in,
                     input.size() + stream_.avail_in};  // the rest after the end of a member
        }
        return {};
    }

    Result<void> inflate_piece(Sink const& sink) {
        auto const start = stream_.avail_in;
        if (is_between_members_ && has_begun_) {
            // RFC 1952 §2.2: members simply follow one another. Nothing may follow a zlib stream.
            if (coding_ != Coding::gzip) return corrupt(coding_, consumed_, "more bytes after the end");
            inflateReset(&stream_);
        }
        has_begun_ = true;
        is_between_members_ = false;
        for (;;) {
            set_output(stream_, block_);
            auto const status = inflate(&stream_, Z_NO_FLUSH);
            if (auto done = emit(stream_, block_, sink); done.has_error()) return done;
            is_between_members_ = status == Z_STREAM_END;
            if (is_between_members_) return {};
            if (status == Z_BUF_ERROR) return {};  // all input is consumed, all output is written
            if (status == Z_MEM_ERROR) throw std::bad_alloc();
            if (status != Z_OK)
                return corrupt(coding_, consumed_ + start - stream_.avail_in,
                               status == Z_NEED_DICT    ? "it needs a dictionary"
                               : stream_.msg != nullptr ? stream_.msg
                                                        : "");
            if (stream_.avail_in == 0 && stream_.avail_out != 0) return {};
        }
    }

    Coding coding_;
    z_stream stream_{};
    Block block_;
    std::string head_;  // of deflate, until its format is known
    std::uint64_t consumed_ = 0;
    bool is_ready_ = false, has_begun_ = false, is_between_members_ = false;
};

// --- encoding --------------------------------------------------------------------------------------------------------

class Deflater final : public Stage {
public:
    explicit Deflater(Coding coding) {
        auto const bits = coding == Coding::gzip ? window + gzip_format : window;
        if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc();
    }
    ~Deflater() override { deflateEnd(&stream_); }

    Result<void> feed(std::string_view piece, Sink const& sink) override {
        while (!piece.empty()) {
            set_input(stream_, piece);
            if (auto done = run(Z_NO_FLUSH, sink); done.has_error()) return done;
        }
        return {};
    }
    Result<void> finish(Sink const& sink) override { return run(Z_FINISH, sink); }

private:
    Result<void> run(int flush, Sink const& sink) {
        do {
            set_output(stream_, block_);
            deflate(&stream_, flush);
            if (auto done = emit(stream_, block_, sink); done.has_error()) return done;
        } while (stream_.avail_out == 0);
        return {};
    }

    z_stream stream_{};
    Block block_;
};

template <Coding coding> std::unique_ptr<Stage> make_inflater() { return std::make_unique<Inflater>(coding); }
template <Coding coding> std::unique_ptr<Stage> make_deflater() { return std::make_unique<Deflater>(coding); }

}  // namespace

extern CodingDefinition const gzip_coding, deflate_coding;  // listed by coding.cpp
CodingDefinition const gzip_coding{Coding::gzip, "gzip", "x-gzip", make_inflater<Coding::gzip>,
                                   make_deflater<Coding::gzip>};
CodingDefinition const deflate_coding{
    Coding::deflate, "deflate", {}, make_inflater<Coding::deflate>, make_deflater<Coding::deflate>};

}  // namespace pathology::proxycore::content
