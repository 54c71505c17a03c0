// What the policies know of the work of one upstream. Small, since they read it for each candidate.
#pragma once

#include <chrono>
#include <cstdint>

namespace pathology::proxycore::multiupstream {

/// Latency: the average of the times to a connection, of which the newest counts a quarter. It is forgotten when it is
/// older than `latency_memory`, so that an upstream that was slow once is measured again.
struct Load {
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds latency_memory{30};

    std::uint32_t open = 0;
    std::chrono::nanoseconds latency{-1};  ///< negative: never measured
    Time measured_at{};

    bool is_measured(Time now) const { return latency.count() >= 0 && now - measured_at <= latency_memory; }
    void measure(std::chrono::nanoseconds newest, Time now) {
        latency = is_measured(now) ? latency + (newest - latency) / 4 : newest;
        measured_at = now;
    }
};

}  // namespace pathology::proxycore::multiupstream
