// What a Balancer counts.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/multiupstream/cause.hpp>
#include <pathology/proxycore/multiupstream/health.hpp>
#include <span>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// How often a connection was open within a time.
struct LatencyHistogram {
    /// The upper bounds of the buckets, included; the last bucket has none.
    static constexpr std::array<std::chrono::milliseconds, 14> bounds{
        std::chrono::milliseconds(1),     std::chrono::milliseconds(2),    std::chrono::milliseconds(5),
        std::chrono::milliseconds(10),    std::chrono::milliseconds(20),   std::chrono::milliseconds(50),
        std::chrono::milliseconds(100),   std::chrono::milliseconds(200),  std::chrono::milliseconds(500),
        std::chrono::milliseconds(1000),  std::chrono::milliseconds(2000), std::chrono::milliseconds(5000),
        std::chrono::milliseconds(10000), std::chrono::milliseconds(30000)};

    std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< of each bucket alone
    std::chrono::nanoseconds sum{};

    void add(std::chrono::nanoseconds latency);
    std::uint64_t total() const;
};

/// Of one upstream, since it was added to the configuration.
struct Counters {
    std::uint64_t chosen = 0;
    std::uint64_t retried = 0;                        ///< requests that another upstream got after this one had failed
    std::uint64_t rests = 0;                          ///< how often it began to rest
    std::uint64_t checks = 0;                         ///< active checks that have a result
    std::uint64_t checks_failed = 0;                  ///< of these; not in `failed`
    std::array<std::uint64_t, cause_count> failed{};  ///< by Cause
    LatencyHistogram latency{};

    std::uint64_t failed_by(Cause cause) const { return failed[static_cast<std::size_t>(cause)]; }
    std::uint64_t failed_total() const;
};

struct UpstreamStatistics {
    std::string name;
    std::string hops;  ///< with `***` in place of passwords
    std::uint32_t weight = 1;
    std::uint32_t open = 0;                             ///< requests, connections and WebSockets that use it now
    std::optional<std::chrono::nanoseconds> latency{};  ///< the average that the policy `latency` uses
    HealthReport health{};
    Counters counters{};
    bool is_removed = false;  ///< not in the configuration any more, but still in use
};

struct Statistics {
    std::vector<UpstreamStatistics> upstreams;  ///< in the order of the configuration, removed ones behind them
    std::uint64_t unmatched = 0;                ///< questions that no rule matched
    std::uint64_t unavailable = 0;              ///< questions whose candidates all rested or were excluded
    std::size_t affinities = 0;                 ///< of client connections: host and port of a client
    std::size_t websocket_affinities = 0;       ///< of WebSockets: address of a client and host
    std::size_t clients = 0;                    ///< client connections that have an affinity or a WebSocket
};

/// The statistics of the listeners that read one folder.
struct FolderStatistics {
    std::string folder;  ///< as the mode has it
    Statistics statistics;
};

/// For people: a line for each upstream and one for the rest, the last one without its end.
std::string to_text(Statistics const& statistics);
/// One JSON object without a line break; times in seconds.
std::string to_json(Statistics const& statistics);
/// For logs: a JSON object of the type `upstream` for each upstream, and one of the type `upstreams` for the rest. Without
/// line breaks; doc/log.md has the members.
std::vector<std::string> to_json_lines(FolderStatistics const& folder);
/// In the text format of Prometheus 0.0.4, with the labels `folder` and `upstream`. Upstreams that were removed are left
/// out: another one may have their name.
std::string to_prometheus(std::span<FolderStatistics const> folders);

}  // namespace pathology::proxycore::multiupstream
