#include "multiupstream/health.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::proxycore::multiupstream {
namespace {

constexpr std::size_t max_detail = 200;      // bytes; a peer may have written them
constexpr std::uint32_t max_doublings = 30;  // beyond it the shift of nanoseconds could overflow

std::chrono::nanoseconds rest_after(std::uint32_t failures, HealthSettings const& settings) {
    auto const doublings = std::min(failures - 1, max_doublings);
    bool const is_over = settings.first_rest > settings.max_rest / (std::int64_t{1} << doublings);
    return is_over ? settings.max_rest : settings.first_rest * (std::int64_t{1} << doublings);
}

}  // namespace

std::string_view to_string(HealthState state) {
    static constexpr std::array<std::string_view, 4> names{"available", "resting", "due", "probing"};
    return names[static_cast<std::size_t>(state)];
}

HealthState Health::state(Time now) const {
    if (is_available()) return HealthState::available;
    if (now < rest_until_) return HealthState::resting;
    return now < probe_until_ ? HealthState::probing : HealthState::due;
}

bool Health::fail(Cause cause, std::string_view detail, Time attempt_began, Time now, HealthSettings const& settings) {
    if (!is_available() && attempt_began < rest_until_) return false;
    if (is_tolerated(cause, attempt_began, now)) return false;
    missed_ = 0;
    ++failures_;
    rest_until_ = now + rest_after(failures_, settings);
    probe_until_ = Time::min();
    is_reported_ = false;
    cause_ = cause;
    detail_ = detail.substr(0, max_detail);
    return true;
}

/// The rest that this proxy reported comes back a few milliseconds longer, which is no other one.
bool Health::rest(Time until, Time now) {
    constexpr auto min_difference = std::chrono::milliseconds(100);
    auto const before = state(now);
    auto const known = is_available() ? now : std::max(now, rest_until_);
    if (before == HealthState::probing || until < known + min_difference) return false;
    if (is_available()) {
        *this = Health();
        failures_ = 1;
        is_reported_ = true;
        detail_ = "reported by the shared state";
    }
    rest_until_ = until;
    return before != HealthState::resting;
}

bool Health::is_tolerated(Cause cause, Time attempt_began, Time now) {
    auto const limit = failures_before_rest(cause);
    if (limit <= 1 || !is_available()) return limit == 0;
    if (attempt_began < missed_at_) return true;  // beside one that has been counted
    missed_at_ = now;
    return ++missed_ < limit;
}

void Health::begin_probe(flow::Id const& client, Time now, HealthSettings const& settings) {
    probe_until_ = now + settings.max_probe;
    prober_ = client;
}

void Health::abandon_probe(flow::Id const& client) {
    if (client == prober_) probe_until_ = Time::min();
}

HealthReport Health::report(Time now) const {
    HealthReport report{state(now), {}, failures_, std::nullopt, detail_};
    if (report.state == HealthState::resting) report.remaining = rest_until_ - now;
    if (!is_available()) report.cause = cause_;
    return report;
}

std::string to_string(HealthReport const& report) {
    std::string text(to_string(report.state));
    if (!report.cause) return text;
    if (report.state == HealthState::resting)
        text += " for " + console::format(std::chrono::ceil<std::chrono::milliseconds>(report.remaining));
    text += " after " + std::to_string(report.failures) + (report.failures == 1 ? " failure: " : " failures: ");
    text += to_string(*report.cause);
    if (!report.detail.empty()) text += " (" + http::terminal_text(report.detail) + ")";
    return text;
}

}  // namespace pathology::proxycore::multiupstream
