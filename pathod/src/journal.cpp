#include "journal.hpp"

#include <chrono>

namespace pathology::pathod {

void Journal::write(std::initializer_list<std::string_view> parts) {
    block_.clear();
    if (timestamps_) block_.append(clock_.at(std::chrono::system_clock::now())).append(": ");
    for (auto const part : parts) block_.append(part);
    hand_out();
}

void Journal::write_line(std::string_view line) {
    block_.assign(line).append("\n");
    hand_out();
}

void Journal::talk(std::string_view text) const {
    if (sinks_.console != nullptr) sinks_.console->err(text);
}

void Journal::hand_out() const {
    if (sinks_.console != nullptr) sinks_.console->out(block_);
    if (sinks_.file != nullptr) sinks_.file->out(block_);
}

}  // namespace pathology::pathod
