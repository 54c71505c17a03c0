// Points in time as flows record them.
#pragma once

#include <chrono>
#include <optional>

namespace pathology::proxycore::flow {

/// UTC.
using Time = std::chrono::system_clock::time_point;

/// std::nullopt if it has not happened.
using MaybeTime = std::optional<Time>;

/// Seconds since 1970, the form of flow files and scripts.
inline double to_seconds(Time time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

inline Time from_seconds(double seconds) {
    return Time(std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(seconds)));
}

}  // namespace pathology::proxycore::flow
