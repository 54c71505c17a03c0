// br, by the Brotli library.
#include <brotli/decode.h>
#include <brotli/encode.h>

#include <new>

#include "stage.hpp"

namespace pathology::proxycore::content {
namespace {

std::uint8_t const* bytes_of(std::string_view text) { return reinterpret_cast<std::uint8_t const*>(text.data()); }

/// A block of output in the memory of the library.
std::string_view view_of(std::uint8_t const* data, std::size_t size) {
    return {reinterpret_cast<char const*>(data), size};
}

// Decoders take output from the library (TakeOutput) instead of passing a buffer: no copy, and blocks of bounded size.
class BrotliDecoder final : public Stage {
public:
    ~BrotliDecoder() override { BrotliDecoderDestroyInstance(state_); }

    Result<void> feed(std::string_view piece, Sink const& sink) override {
        if (piece.empty()) return {};
        // At the first byte: empty content is valid in every coding.
        if (state_ == nullptr) state_ = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
        if (state_ == nullptr) throw std::bad_alloc();
        if (BrotliDecoderIsFinished(state_) != 0) return corrupt(Coding::br, consumed_, "more bytes after the end");
        auto left = piece.size();
        auto const* next = bytes_of(piece);
        for (;;) {
            std::size_t room = 0;
            auto const before = left;
            auto const status = BrotliDecoderDecompressStream(state_, &left, &next, &room, nullptr, nullptr);
            consumed_ += before - left;
            if (auto done = drain(sink); done.has_error()) return done;
            if (status == BROTLI_DECODER_RESULT_ERROR) return failure();
            if (status == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return {};
            if (status == BROTLI_DECODER_RESULT_SUCCESS) break;
        }
        if (left > 0) return corrupt(Coding::br, consumed_, "more bytes after the end");
        return {};
    }

    Result<void> finish(Sink const&) override {
        if (state_ != nullptr && BrotliDecoderIsFinished(state_) == 0) return truncated(Coding::br, consumed_);
        return {};
    }

private:
    Result<void> drain(Sink const& sink) {
        while (BrotliDecoderHasMoreOutput(state_) != 0) {
            auto size = block_size;
            auto const* const data = BrotliDecoderTakeOutput(state_, &size);
            if (auto done = sink(view_of(data, size)); done.has_error()) return done;
        }
        return {};
    }

    Failure failure() const {
        return corrupt(Coding::br, consumed_, BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_)));
    }

    ::BrotliDecoderState* state_ = nullptr;
    std::uint64_t consumed_ = 0;
};

class BrotliEncoder final : public Stage {
public:
    BrotliEncoder() : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (state_ == nullptr) throw std::bad_alloc();
        BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, BROTLI_MIN_QUALITY);
    }
    ~BrotliEncoder() override { BrotliEncoderDestroyInstance(state_); }

    Result<void> feed(std::string_view piece, Sink const& sink) override {
        return run(BROTLI_OPERATION_PROCESS, piece, sink);
    }
    Result<void> finish(Sink const& sink) override { return run(BROTLI_OPERATION_FINISH, {}, sink); }

private:
    Result<void> run(BrotliEncoderOperation operation, std::string_view piece, Sink const& sink) {
        auto left = piece.size();
        auto const* next = bytes_of(piece);
        do {
            std::size_t room = 0;
            if (BrotliEncoderCompressStream(state_, operation, &left, &next, &room, nullptr, nullptr) == BROTLI_FALSE)
                throw std::bad_alloc();
            while (BrotliEncoderHasMoreOutput(state_) != 0) {
                auto size = block_size;
                auto const* const data = BrotliEncoderTakeOutput(state_, &size);
                if (auto done = sink(view_of(data, size)); done.has_error()) return done;
            }
        } while (left > 0);
        return {};
    }

    ::BrotliEncoderState* state_;
};

std::unique_ptr<Stage> make_brotli_decoder() { return std::make_unique<BrotliDecoder>(); }
std::unique_ptr<Stage> make_brotli_encoder() { return std::make_unique<BrotliEncoder>(); }

}  // namespace

extern CodingDefinition const brotli_coding;  // listed by coding.cpp
CodingDefinition const brotli_coding{Coding::br, "br", {}, make_brotli_decoder, make_brotli_encoder};

}  // namespace pathology::proxycore::content
