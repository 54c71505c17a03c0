// The progress line of a long run.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <pathology/proxycore/console/console.hpp>
#include <string>

namespace pathology::pathoc {

/// Counts exchanges, and draws a line on standard error: number, rate, failures, time left. It appears after a second,
/// is redrawn at most five times a second, and only if standard error is a terminal.
class Progress {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// `total` is the number of exchanges of the run; std::nullopt if it is unknown or unbounded.
    Progress(proxycore::console::Console& console, std::optional<std::uint64_t> total, Clock clock);
    ~Progress();  ///< clear()
    Progress(Progress const&) = delete;
    Progress& operator=(Progress const&) = delete;

    void count(bool failed);
    void draw();   ///< if it is due; to be called regularly
    void clear();  ///< before something else is written

    /// `1200 of 5000 exchanges, 300/s, 4 failed`
    std::string summary() const;

private:
    std::string time_left() const;
    double rate() const;

    proxycore::console::Console& console_;
    std::optional<std::uint64_t> total_;
    Clock clock_;
    std::chrono::steady_clock::time_point begun_, drawn_;
    std::uint64_t done_ = 0, failed_ = 0;
    bool visible_ = false;
};

}  // namespace pathology::pathoc
