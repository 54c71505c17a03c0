// The clocks for the times of records.
#pragma once

#include <chrono>
#include <functional>

namespace pathology::proxycore::record {

/// The clocks that a program reads for its records: `now` for the times people read, `steady_now` for durations.
/// Tests replace them.
struct Clock {
    std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
    std::function<std::chrono::steady_clock::time_point()> steady_now = std::chrono::steady_clock::now;
};

}  // namespace pathology::proxycore::record
