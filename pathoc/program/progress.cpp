#include "program/progress.hpp"

#include <cmath>
#include <utility>

namespace pathology::pathoc {
namespace {

constexpr auto first_shown_after = std::chrono::seconds(1);
constexpr auto between_drawings = std::chrono::milliseconds(200);

std::string whole(double number) { return std::to_string(std::llround(number)); }

}  // namespace

Progress::Progress(proxycore::console::Console& console, std::optional<std::uint64_t> total, Clock clock)
    : console_(console), total_(total), clock_(std::move(clock)), begun_(clock_()), drawn_(begun_) {}

Progress::~Progress() { clear(); }

void Progress::count(bool failed) {
    ++done_;
    if (failed) ++failed_;
}

double Progress::rate() const {
    auto const seconds = std::chrono::duration<double>(clock_() - begun_).count();
    return seconds > 0 ? static_cast<double>(done_) / seconds : 0;
}

std::string Progress::summary() const {
    auto text = std::to_string(done_);
    if (total_) text += " of " + std::to_string(*total_);
    return text + " exchanges, " + whole(rate()) + "/s, " + std::to_string(failed_) + " failed";
}

std::string Progress::time_left() const {
    // --memo and failures make the total an estimate.
    if (!total_ || done_ == 0 || done_ > *total_) return "";
    return ", " + whole(static_cast<double>(*total_ - done_) / rate()) + "s left";
}

void Progress::draw() {
    if (!console_.err_is_terminal()) return;
    auto const now = clock_();
    if (now - begun_ < first_shown_after || now - drawn_ < between_drawings) return;
    drawn_ = now;
    visible_ = true;
    console_.err("\r\x1b[K" + summary() + time_left());
}

void Progress::clear() {
    if (std::exchange(visible_, false)) console_.err("\r\x1b[K");
}

}  // namespace pathology::pathoc
