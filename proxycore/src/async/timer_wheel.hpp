// Time limits without a timer for each operation: one coarse tick for all streams of an execution context.
//
//   slot of tick   n+1    n+2    n+3          n+255      256 slots of 25 ms: one turn takes 6.4 s
//                ┌──────┬──────┬──────┬─ ─ ─┬──────┐
//                │ A, B │      │  C   │     │  D   │    D: deadline beyond this turn
//                └──────┴──────┴──────┴─ ─ ─┴──────┘
//   each tick visits the timers of its slot:   disarmed ──▶ unlinked
//                                              deadline later ──▶ linked again, into the slot of the deadline
//                                              deadline reached ──▶ unlinked, on_expired()
//
// A timer sits in a slot that comes round at or before its deadline. Arming it again, as each read does, only moves the
// deadline: the timer stays where it is until its slot is visited. So a read costs a clock reading and two stores, and
// an idle connection costs one visit per turn of the wheel.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pathology::proxycore::async {

/// The wheel of one io_context. It ticks only while a timer is linked, so run() of an idle context returns.
///
/// Thread: the one that runs the context.
/// Cancel: nothing here waits; a timer that is destroyed or disarmed does not expire.
class TimerWheel final : public boost::asio::execution_context::service {
public:
    using key_type = TimerWheel;
    using Clock = std::chrono::steady_clock;
    static boost::asio::execution_context::id id;

    static constexpr Clock::duration tick_length = std::chrono::milliseconds(25);

    /// The deadline of one operation at a time. It must not outlive the context while it is linked.
    class Timer : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        explicit Timer(TimerWheel& wheel) : wheel_(wheel) {}
        Timer(Timer const&) = delete;
        Timer& operator=(Timer const&) = delete;
        virtual ~Timer();

        /// Calls on_expired() once, between `limit` and a tick later, unless disarmed or armed anew before.
        void arm(Clock::duration limit);
        void disarm() noexcept { armed_ = false; }

    protected:
        virtual void on_expired() = 0;

    private:
        friend TimerWheel;
        TimerWheel& wheel_;
        Clock::time_point deadline_{};
        std::uint64_t tick_ = 0;  // of the slot, while linked
        bool armed_ = false;
    };

    /// Returns the wheel of the io_context behind an executor; the first call creates it.
    static TimerWheel& of(boost::asio::any_io_executor const& executor);

    explicit TimerWheel(boost::asio::io_context& context);

private:
    using Slot = boost::intrusive::list<Timer, boost::intrusive::constant_time_size<false>>;
    static constexpr std::uint64_t turn = 256;  // slots

    void shutdown() override { down_ = true; }
    void link(Timer& timer);
    void unlink(Timer& timer);
    void start_ticking();
    void await_next_tick();
    void run_slot(Slot& slot);
    void visit(Timer& timer);

    boost::asio::steady_timer timer_;
    std::array<Slot, turn> slots_;
    std::uint64_t now_ = 0;  // the last tick that ran
    std::size_t linked_ = 0;
    bool ticking_ = false, down_ = false;
};

}  // namespace pathology::proxycore::async
