// The upstreams of a configuration with their state.
//
//     configuration ─ position ─▶ upstream, id, health, counters, load
//     id ─▶ position; or one that was removed and is still in use
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "multiupstream/health.hpp"
#include "multiupstream/text_hash.hpp"
#include "multiupstream/upstream_load.hpp"

namespace pathology::proxycore::multiupstream {

class UpstreamTable {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit UpstreamTable(Configuration configuration) { replace(std::move(configuration)); }

    /// Upstreams with the same name and hops keep id and state.
    ReloadReport replace(Configuration configuration);

    Configuration const& configuration() const { return configuration_; }
    Upstream const& upstream(std::size_t position) const { return configuration_.upstreams[position]; }
    UpstreamId id(std::size_t position) const { return states_[position].id; }
    Health const& health(std::size_t position) const { return states_[position].health; }
    /// std::nullopt if it is not in the configuration.
    std::optional<std::size_t> position_of(UpstreamId id) const;
    /// Also one that was removed.
    std::optional<UpstreamId> find(std::string_view name, std::span<tunnel::Hop const> hops) const;

    // What is read for each candidate, by position.
    std::span<Load const> loads() const { return loads_; }
    std::span<std::uint64_t const> name_hashes() const { return name_hashes_; }
    bool are_all_available() const { return unavailable_ == 0; }
    bool is_available(std::size_t position) const { return is_available_[position] != 0; }

    // Events. Nothing happens for an id that is not known any more. One that was removed is known while it is in use, and
    // at least until the next replace(): between an upgrade and its WebSocket it is in no use.
    void open(UpstreamId id);
    void release(UpstreamId id);
    void measure(UpstreamId id, std::chrono::nanoseconds latency, Time now);
    /// Returns whether a rest ended.
    bool succeed(UpstreamId id);
    /// Returns whether a rest began.
    bool fail(UpstreamId id, Failure const& failure, Time now, HealthSettings const& settings);
    /// Returns whether a rest began.
    bool rest(UpstreamId id, Time until, Time now);
    void end_reported_rest(UpstreamId id);
    void begin_probe(UpstreamId id, flow::Id const& client, Time now, HealthSettings const& settings);
    void abandon_probe(UpstreamId id, flow::Id const& client);
    /// nullptr for an id that is not known any more.
    Counters* counters(UpstreamId id);

    /// In the order of the configuration, those that were removed and are in use behind them.
    std::vector<UpstreamStatistics> statistics(Time now) const;

private:
    struct State {
        UpstreamId id{};
        Health health{};
        Counters counters{};
    };
    struct Known {
        Upstream upstream;
        State state;
        Load load;
        bool is_removed = true;
    };
    struct Found {
        State* state = nullptr;
        Load* load = nullptr;
    };

    Found find(UpstreamId id);
    std::vector<Known> take_all();
    /// Keeps those that are not in the configuration any more, and returns the names of the ones that were before.
    std::vector<std::string> keep_removed(std::span<Known> known, std::size_t removed_before);
    void add(Upstream const& upstream, State state, Load load);
    void note_health(UpstreamId id);

    Configuration configuration_;
    std::vector<State> states_;
    std::vector<Load> loads_;
    std::vector<std::uint64_t> name_hashes_;
    std::vector<std::uint8_t> is_available_;
    std::size_t unavailable_ = 0;
    std::unordered_map<UpstreamId, std::size_t> positions_;
    std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> names_;
    std::vector<Known> removed_;
    std::uint64_t last_id_ = 0;
};

}  // namespace pathology::proxycore::multiupstream
