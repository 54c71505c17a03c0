// zstd, by the Zstandard library.
#include <zstd.h>
#include <zstd_errors.h>

#include <array>
#include <new>

#include "stage.hpp"

namespace pathology::proxycore::content {
namespace {

constexpr int largest_window = 23;  // 8 MiB: RFC 9659 §3
constexpr int fastest = 1;

using Block = std::array<char, block_size>;

class ZstdDecoder final : public Stage {
public:
    ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

    Result<void> feed(std::string_view piece, Sink const& sink) override {
        if (piece.empty()) return {};
        make_ready();
        ZSTD_inBuffer input{piece.data(), piece.size(), 0};
        for (bool is_full = false; input.pos < input.size || is_full;) {
            ZSTD_outBuffer output{block_.data(), block_.size(), 0};
            auto const status = ZSTD_decompressStream(context_, &output, &input);
            if (ZSTD_isError(status) != 0) return failure(status, consumed_ + input.pos);
            is_between_frames_ = status == 0;  // RFC 8878 §3: frames may follow one another
            // A full block means that more output may be pending although the input is consumed.
            is_full = output.pos == output.size && !is_between_frames_;
            if (auto done = sink({block_.data(), output.pos}); done.has_error()) return done;
        }
        consumed_ += input.pos;
        return {};
    }

    Result<void> finish(Sink const&) override {
        if (context_ != nullptr && !is_between_frames_) return truncated(Coding::zstd, consumed_);
        return {};
    }

private:
    void make_ready() {
        if (context_ != nullptr) return;
        context_ = ZSTD_createDCtx();
        if (context_ == nullptr) throw std::bad_alloc();
        // A frame declares its window, up to 3.75 TB; the limit bounds our memory.
        ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, largest_window);
    }

    static Failure failure(std::size_t status, std::uint64_t offset) {
        if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation) throw std::bad_alloc();
        return corrupt(Coding::zstd, offset, ZSTD_getErrorName(status));
    }

    ZSTD_DCtx* context_ = nullptr;
    Block block_;
    std::uint64_t consumed_ = 0;
    bool is_between_frames_ = false;
};

class ZstdEncoder final : public Stage {
public:
    ZstdEncoder() : context_(ZSTD_createCCtx()) {
        if (context_ == nullptr) throw std::bad_alloc();
        ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, fastest);
    }
    ~ZstdEncoder() override { ZSTD_freeCCtx(context_); }

    Result<void> feed(std::string_view piece, Sink const& sink) override { return run(ZSTD_e_continue, piece, sink); }
    Result<void> finish(Sink const& sink) override { return run(ZSTD_e_end, {}, sink); }

private:
    Result<void> run(ZSTD_EndDirective directive, std::string_view piece, Sink const& sink) {
        ZSTD_inBuffer input{piece.data(), piece.size(), 0};
        for (bool is_done = false; !is_done;) {
            ZSTD_outBuffer output{block_.data(), block_.size(), 0};
            auto const left = ZSTD_compressStream2(context_, &output, &input, directive);
            if (ZSTD_isError(left) != 0) throw std::bad_alloc();  // with these parameters nothing else can fail
            if (auto done = sink({block_.data(), output.pos}); done.has_error()) return done;
            is_done = directive == ZSTD_e_end ? left == 0 : input.pos == input.size;
        }
        return {};
    }

    ZSTD_CCtx* context_;
    Block block_;
};

std::unique_ptr<Stage> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }
std::unique_ptr<Stage> make_zstd_encoder() { return std::make_unique<ZstdEncoder>(); }

}  // namespace

extern CodingDefinition const zstd_coding;  // listed by coding.cpp
CodingDefinition const zstd_coding{Coding::zstd, "zstd", {}, make_zstd_decoder, make_zstd_encoder};

}  // namespace pathology::proxycore::content
