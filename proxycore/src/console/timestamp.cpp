#include <pathology/proxycore/console/timestamp.hpp>

namespace pathology::proxycore::console {

std::string_view Timestamp::at(std::chrono::system_clock::time_point now) {
    auto const second = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now));
    // localtime_r() and strftime() cost more than the rest of a log line; within a second the text is the same.
    if (second != second_ || text_[0] == '\0') {
        std::tm local{};
        localtime_r(&second, &local);
        std::strftime(text_.data(), text_.size(), "%d-%m-%y %H:%M:%S", &local);
        second_ = second;
    }
    return {text_.data(), text_.size() - 1};
}

}  // namespace pathology::proxycore::console
