// One line on a terminal that tells how far a long run is.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <pathology/proxycore/console/console.hpp>
#include <string>

namespace pathology::pathoc {

/// Counts exchanges, and shows them on standard error while they last: number, rate, failures, time left. The line
/// appears after a second, is drawn five times a second at most, and only where standard error is a terminal.
class Progress {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// `total` is the number of exchanges of the whole run; nothing = unknown or without end.
    Progress(proxycore::console::Console& console, std::optional<std::uint64_t> total, Clock clock);
    ~Progress();  ///< clear()
    Progress(Progress const&) = delete;
    Progress& operator=(Progress const&) = delete;

    void count(bool failed);
    void draw();   ///< when it is time to; called by a tick
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
