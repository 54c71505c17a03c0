// The passive health of one upstream: see the drawing in the public header.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/multiupstream/health.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::multiupstream {

class Health {
public:
    using Time = std::chrono::steady_clock::time_point;

    bool is_available() const { return failures_ == 0; }
    /// Available, and succeed() would change nothing.
    bool is_flawless() const { return is_available() && missed_ == 0; }
    HealthState state(Time now) const;
    HealthReport report(Time now) const;

    /// A failed attempt. It begins a rest unless it began before the end of the last one: attempts that run side by side
    /// fail together and count once. See failures_before_rest(). Returns whether a rest began.
    bool fail(Cause cause, std::string_view detail, Time attempt_began, Time now, HealthSettings const& settings);
    /// Another proxy reports a rest. Returns whether a rest began.
    bool rest(Time until, Time now);
    void end_reported_rest() {
        if (is_reported_) succeed();
    }
    /// Precondition: it is due. The probe is a request of the client connection.
    void begin_probe(flow::Id const& client, Time now, HealthSettings const& settings);
    /// A request of the client connection has no result. Nothing happens if it is not the probe.
    void abandon_probe(flow::Id const& client);
    void succeed() { *this = Health(); }

private:
    bool is_tolerated(Cause cause, Time attempt_began, Time now);

    std::uint32_t failures_ = 0;    // rests in a row
    std::uint32_t missed_ = 0;      // failures in a row that have not led to a rest
    Time missed_at_ = Time::min();  // the last of them
    Time rest_until_ = Time::min();
    Time probe_until_ = Time::min();
    bool is_reported_ = false;  // the rest is that of another proxy, and this one has seen no failure since then
    flow::Id prober_{};
    Cause cause_ = Cause::other;
    std::string detail_;
};

}  // namespace pathology::proxycore::multiupstream
