#include "net/watchdog.hpp"

#include <algorithm>

namespace pathology::proxycore::net {

namespace asio = boost::asio;
using boost::system::error_code;

asio::execution_context::id Watchdog::id;

namespace {

/// The first tick that is not before `when`.
std::uint64_t tick_after(Watchdog::Clock::time_point when) {
    return static_cast<std::uint64_t>(when.time_since_epoch() / Watchdog::tick_length) + 1;
}

Watchdog::Clock::time_point time_of(std::uint64_t tick) {
    return Watchdog::Clock::time_point(Watchdog::tick_length * static_cast<Watchdog::Clock::rep>(tick));
}

}  // namespace

Watchdog& Watchdog::of(asio::any_io_executor const& executor) {
    auto& context = asio::query(executor, asio::execution::context);
    return asio::use_service<Watchdog>(static_cast<asio::io_context&>(context));
}

Watchdog::Watchdog(asio::io_context& context) : service(context), timer_(context) {}

void Watchdog::Watch::arm(Clock::duration limit) {
    auto const now = Clock::now();
    auto const longest = Clock::time_point::max() - now - Watchdog::tick_length * 2;
    deadline_ = now + std::min(limit, longest);
    armed_ = true;
    if (is_linked() && tick_ <= tick_after(deadline_)) return;  // its slot comes round in time
    watchdog_.link(*this);
}

Watchdog::Watch::~Watch() { watchdog_.unlink(*this); }

void Watchdog::link(Watch& watch) {
    unlink(watch);
    if (!ticking_) start_ticking();
    watch.tick_ = std::clamp(tick_after(watch.deadline_), now_ + 1, now_ + turn - 1);
    wheel_[watch.tick_ % turn].push_back(watch);
    ++linked_;
}

void Watchdog::unlink(Watch& watch) {
    if (!watch.is_linked()) return;
    watch.unlink();
    if (--linked_ == 0 && !down_) timer_.cancel();  // lets run() of an otherwise idle context return
}

void Watchdog::start_ticking() {
    ticking_ = true;
    now_ = tick_after(Clock::now()) - 1;
    await_next_tick();
}

void Watchdog::await_next_tick() {
    timer_.expires_at(time_of(now_ + 1));
    timer_.async_wait([this](error_code) {
        auto const reached = tick_after(Clock::now()) - 1;
        auto const first = now_ + 1;
        auto const last = std::min(reached, now_ + turn);  // after a long standstill each slot once is enough
        now_ = std::max(now_, reached);
        for (auto tick = first; tick <= last; ++tick) run_slot(wheel_[tick % turn]);
        ticking_ = linked_ != 0;
        if (ticking_) await_next_tick();
    });
}

void Watchdog::run_slot(Slot& slot) {
    Slot due;
    due.swap(slot);  // a watch may come back into this very slot
    while (!due.empty()) visit(due.front());
}

void Watchdog::visit(Watch& watch) {
    watch.unlink();
    --linked_;
    if (!watch.armed_) return;
    if (tick_after(watch.deadline_) > now_) return link(watch);
    watch.armed_ = false;
    watch.on_expired();
}

}  // namespace pathology::proxycore::net
