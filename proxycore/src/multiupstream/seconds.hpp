// Times as the numbers of JSON and of metrics.
#pragma once

#include <chrono>

namespace pathology::proxycore::multiupstream {

inline double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace pathology::proxycore::multiupstream
