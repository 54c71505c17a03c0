// The time stamp in front of the programs' lines.
#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

namespace pathology::proxycore::console {

/// Writes local times as `DD-MM-YY HH:MM:SS`, once a second: asking again within the second gives the same text.
///
/// Thread: one object for each thread.
class Timestamp {
public:
    /// 17 characters, valid until the next call.
    std::string_view at(std::chrono::system_clock::time_point now);

private:
    std::time_t second_ = -1;
    std::array<char, 18> text_{};
};

}  // namespace pathology::proxycore::console
