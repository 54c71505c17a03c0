// The timestamp in front of printed lines.
#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

namespace pathology::proxycore::console {

/// Formats local times as `DD-MM-YY HH:MM:SS`. The text is cached for a second.
///
/// Thread: one object per thread.
class Timestamp {
public:
    /// 17 characters, valid until the next call.
    std::string_view at(std::chrono::system_clock::time_point now);

private:
    std::time_t second_ = -1;
    std::array<char, 18> text_{};
};

}  // namespace pathology::proxycore::console
