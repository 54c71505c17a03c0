#pragma once
// Reading at a rate, as plans send at one.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/pacer.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::language {

/// Decides when how much may be read. It has no socket and no clock of its own.
///
///     limit() bytes ─▶ consume(n) ─▶ … the piece is read ─▶ pause() ─▶ the next piece
class ReadPacer {
public:
    /// SetRate{} does not limit reads.
    explicit ReadPacer(SetRate rate = {}) : rate_(rate), left_(rate.piece) {}

    /// The end of the pause before the next piece; std::nullopt if bytes may be read at once. Begins the piece.
    std::optional<Pacer::Clock::time_point> pause(Pacer::Clock::time_point now = Pacer::Clock::now()) {
        if (rate_.piece == 0 || left_ > 0) return std::nullopt;
        left_ = rate_.piece;
        if (rate_.interval.count() == 0) return std::nullopt;
        auto const seconds = std::chrono::floor<std::chrono::seconds>(rate_.interval);
        return pacer_.end_of({seconds, false, rate_.interval - seconds, true}, now);
    }

    /// So many of `wanted` bytes may be read before the next pause.
    std::size_t limit(std::size_t wanted) const {
        return rate_.piece == 0 ? wanted : static_cast<std::size_t>(std::min<std::uint64_t>(wanted, left_));
    }
    void consume(std::size_t bytes) { left_ -= std::min<std::uint64_t>(bytes, left_); }

private:
    SetRate rate_;
    std::uint64_t left_;  // of the current piece
    Pacer pacer_;
};

/// Returns a stream whose reads return the bytes of `stream` at most at this rate; SetRate{} returns `stream` itself.
/// All other functions are those of `stream`. Its time limit does not count the pauses of the rate. An end of the
/// connection, also by close(), is reported after the pause that it falls into.
std::unique_ptr<proxycore::net::Stream> read_at(SetRate rate, std::unique_ptr<proxycore::net::Stream> stream);

}  // namespace pathology::language
