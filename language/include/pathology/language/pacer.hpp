#pragma once
// When pauses end.

#include <chrono>
#include <optional>
#include <pathology/language/plan.hpp>

namespace pathology::language {

/// Ends the pauses of a rate at even times, whatever the sending between them takes:
///
///     piece  pause    piece  pause    piece
///     |------|--------|------|--------|------     due = due before + interval
///     due             due             due
///
/// A peer that was too slow for more than an interval has no bytes to catch up: time counts from now on.
class Pacer {
public:
    using Clock = std::chrono::steady_clock;

    /// The end of a pause that begins now; std::nullopt for never.
    std::optional<Clock::time_point> end_of(Pause const& pause, Clock::time_point now = Clock::now()) {
        auto const length = pause.time();
        bool const is_for_ever = !length || *length >= Clock::time_point::max() - now;
        if (is_for_ever) return std::nullopt;
        bool const is_in_step = pause.keeps_rate && due_ && *due_ + *length >= now - *length;
        due_ = (is_in_step ? *due_ : now) + *length;
        return due_;
    }

private:
    std::optional<Clock::time_point> due_;
};

}  // namespace pathology::language
