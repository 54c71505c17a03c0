// One stream of a console: text on its way to a sink, and what was left out of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "console/sink.hpp"

namespace pathology::proxycore::console {

class Outlet {
public:
    explicit Outlet(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

    /// From now on flush() does not wait, and hold() leaves out what would make a backlog of more than 1 MiB.
    void never_wait() { waits_ = false; }

    void hold(std::string_view block);
    void flush();
    /// flush() for the last time: waits up to this moment, and leaves out what is not taken by then.
    void finish(std::chrono::steady_clock::time_point limit);

    std::size_t held() const { return held_.size(); }
    /// Whether the last flush() was not taken whole.
    bool is_stuck() const { return !waits_ && !held_.empty() && was_refused_; }
    bool is_lost() const { return lost_; }
    bool is_terminal() const { return sink_->is_terminal(); }

    /// How many lines were left out since this was asked last; 0 as long as it is stuck.
    std::uint64_t take_left_out();

private:
    std::unique_ptr<Sink> sink_;
    std::string held_;
    std::uint64_t left_out_ = 0;
    bool waits_ = true, was_refused_ = false, lost_ = false;
};

}  // namespace pathology::proxycore::console
