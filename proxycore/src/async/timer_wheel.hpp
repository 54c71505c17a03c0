// Time limits without a timer for each operation: one coarse tick for all streams of an execution context.
//
// A timer sits in the slot of a wheel that comes round at or before its deadline. Arming it again, as each read does,
// only moves the deadline: the timer stays where it is and is looked at when its slot comes round, then dropped (not
// armed), moved on (deadline later) or told. So a read costs a clock reading and two stores, and ten thousand idle
// connections cost one visit each per turn of the wheel.
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

/// The wheel of one execution context; it ticks only while a timer waits.
///
/// Thread: the one that runs the context.
class TimerWheel final : public boost::asio::execution_context::service {
public:
    using key_type = TimerWheel;
    using Clock = std::chrono::steady_clock;
    static boost::asio::execution_context::id id;

    static constexpr Clock::duration tick_length = std::chrono::milliseconds(25);

    /// The deadline of one operation at a time.
    class Timer : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        explicit Timer(TimerWheel& wheel) : wheel_(wheel) {}
        Timer(Timer const&) = delete;
        Timer& operator=(Timer const&) = delete;
        virtual ~Timer();

        /// Calls on_expired() once, at most a tick after `limit` from now, unless disarmed before.
        void arm(Clock::duration limit);
        void disarm() noexcept { armed_ = false; }

    protected:
        virtual void on_expired() = 0;

    private:
        friend TimerWheel;
        TimerWheel& wheel_;
        Clock::time_point deadline_{};
        std::uint64_t tick_ = 0;  // whose slot it sits in, when linked
        bool armed_ = false;
    };

    /// The one of the io_context behind an executor, made when first asked for.
    static TimerWheel& of(boost::asio::any_io_executor const& executor);

    explicit TimerWheel(boost::asio::io_context& context);

private:
    using Slot = boost::intrusive::list<Timer, boost::intrusive::constant_time_size<false>>;
    static constexpr std::uint64_t turn = 256;  // ticks until the wheel comes round

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
