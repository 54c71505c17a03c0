#include "console/outlet.hpp"

#include <algorithm>
#include <utility>

namespace pathology::proxycore::console {
namespace {

constexpr std::size_t most_backlog = std::size_t{1} << 20U;

std::uint64_t lines_in(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

void Outlet::hold(std::string_view block) {
    if (is_stuck() && held_.size() + block.size() > most_backlog) {
        left_out_ += lines_in(block);
    } else {
        held_.append(block);
    }
}

void Outlet::flush() {
    if (held_.empty()) return;
    if (waits_) {
        lost_ = !sink_->write(held_);
        held_.clear();
        return;
    }
    auto const taken = sink_->write_now(held_);
    lost_ = !taken;
    held_.erase(0, taken.value_or(held_.size()));
    was_refused_ = !held_.empty();
}

void Outlet::finish(std::chrono::steady_clock::time_point limit) {
    using namespace std::chrono;
    flush();
    while (is_stuck()) {
        auto const left = ceil<milliseconds>(limit - steady_clock::now());
        if (left <= milliseconds::zero() || !sink_->wait_for_room(left)) break;
        flush();
    }
    left_out_ += lines_in(std::exchange(held_, {}));
}

std::uint64_t Outlet::take_left_out() { return is_stuck() ? 0 : std::exchange(left_out_, 0); }

}  // namespace pathology::proxycore::console
