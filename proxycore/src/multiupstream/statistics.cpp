#include <algorithm>
#include <numeric>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>

namespace pathology::proxycore::multiupstream {
namespace {

std::string line_of(UpstreamStatistics const& upstream) {
    auto const& counters = upstream.counters;
    auto text = http::terminal_text(upstream.name) + ": " + std::to_string(counters.chosen) + " chosen, " +
                std::to_string(upstream.open) + " open, " + std::to_string(counters.failed_total()) + " failed";
    for (std::size_t cause = 0; cause < cause_count; ++cause)
        if (auto const count = counters.failed[cause])
            text.append(" (").append(to_string(Cause(cause))).append(" " + std::to_string(count) + ")");
    text += ", " + std::to_string(counters.retried) + " retried";
    if (counters.checks > 0)
        text +=
            ", " + std::to_string(counters.checks) + " checks (" + std::to_string(counters.checks_failed) + " failed)";
    if (upstream.latency) text += ", " + console::format(*upstream.latency);
    return text + ", " + (upstream.is_removed ? "removed" : to_string(upstream.health)) + "\n";
}

}  // namespace

void LatencyHistogram::add(std::chrono::nanoseconds latency) {
    auto const bucket = std::ranges::lower_bound(bounds, latency) - bounds.begin();
    ++counts[static_cast<std::size_t>(bucket)];
    sum += latency;
}

std::uint64_t LatencyHistogram::total() const {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t Counters::failed_total() const { return std::accumulate(failed.begin(), failed.end(), std::uint64_t{0}); }

std::string to_text(Statistics const& statistics) {
    std::string text;
    for (auto const& upstream : statistics.upstreams) text += line_of(upstream);
    return text + "affinities: " + std::to_string(statistics.affinities) + " of client connections, " +
           std::to_string(statistics.websocket_affinities) +
           " of WebSockets; without an upstream: " + std::to_string(statistics.unmatched) + " unmatched, " +
           std::to_string(statistics.unavailable) + " unavailable";
}

}  // namespace pathology::proxycore::multiupstream
