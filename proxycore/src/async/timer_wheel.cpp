#include "async/timer_wheel.hpp"

#include <algorithm>

namespace pathology::proxycore::async {

namespace asio = boost::asio;
using boost::system::error_code;

asio::execution_context::id TimerWheel::id;

namespace {

/// The first tick that is not before `when`.
std::uint64_t tick_after(TimerWheel::Clock::time_point when) {
    return static_cast<std::uint64_t>(when.time_since_epoch() / TimerWheel::tick_length) + 1;
}

TimerWheel::Clock::time_point time_of(std::uint64_t tick) {
    return TimerWheel::Clock::time_point(TimerWheel::tick_length * static_cast<TimerWheel::Clock::rep>(tick));
}

}  // namespace

TimerWheel& TimerWheel::of(asio::any_io_executor const& executor) {
    auto& context = asio::query(executor, asio::execution::context);
    return asio::use_service<TimerWheel>(static_cast<asio::io_context&>(context));
}

TimerWheel::TimerWheel(asio::io_context& context) : service(context), timer_(context) {}

void TimerWheel::Timer::arm(Clock::duration limit) {
    auto const now = Clock::now();
    auto const max_limit = Clock::time_point::max() - now - TimerWheel::tick_length * 2;
    deadline_ = now + std::min(limit, max_limit);
    armed_ = true;
    if (is_linked() && tick_ <= tick_after(deadline_)) return;  // its slot comes round in time
    wheel_.link(*this);
}

TimerWheel::Timer::~Timer() { wheel_.unlink(*this); }

void TimerWheel::link(Timer& timer) {
    unlink(timer);
    if (!ticking_) start_ticking();
    timer.tick_ = std::clamp(tick_after(timer.deadline_), now_ + 1, now_ + turn - 1);
    slots_[timer.tick_ % turn].push_back(timer);
    ++linked_;
}

void TimerWheel::unlink(Timer& timer) {
    if (!timer.is_linked()) return;
    timer.unlink();
    if (--linked_ == 0 && !down_) timer_.cancel();  // lets run() of an otherwise idle context return
}

void TimerWheel::start_ticking() {
    ticking_ = true;
    now_ = tick_after(Clock::now()) - 1;
    await_next_tick();
}

void TimerWheel::await_next_tick() {
    timer_.expires_at(time_of(now_ + 1));
    timer_.async_wait([this](error_code) {
        auto const reached = tick_after(Clock::now()) - 1;
        auto const first = now_ + 1;
        auto const last = std::min(reached, now_ + turn);  // after a long standstill each slot once is enough
        now_ = std::max(now_, reached);
        for (auto tick = first; tick <= last; ++tick) run_slot(slots_[tick % turn]);
        ticking_ = linked_ != 0;
        if (ticking_) await_next_tick();
    });
}

void TimerWheel::run_slot(Slot& slot) {
    Slot due;
    due.swap(slot);  // a timer may come back into this very slot
    while (!due.empty()) visit(due.front());
}

void TimerWheel::visit(Timer& timer) {
    timer.unlink();
    --linked_;
    if (!timer.armed_) return;
    if (tick_after(timer.deadline_) > now_) return link(timer);
    timer.armed_ = false;
    timer.on_expired();
}

}  // namespace pathology::proxycore::async
