// Explanations and statistics as JSON. Members that are not known, or have their usual value, are left out.

#include <chrono>
#include <nlohmann/json.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/multiupstream/explanation.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>

#include "multiupstream/seconds.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using Json = nlohmann::ordered_json;

/// Bytes that are not UTF-8, which hosts of clients may have, become U+FFFD.
std::string dump(Json const& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json to_json(std::vector<Rule> const& rules) {
    auto list = Json::array();
    for (auto const& rule : rules) list.push_back(to_string(rule));
    return list;
}

void put(Json& object, HealthReport const& health) {
    object["health"] = to_string(health.state);
    if (!health.cause) return;
    object["failures"] = health.failures;
    object["cause"] = to_string(*health.cause);
    if (!health.detail.empty()) object["detail"] = health.detail;
    if (health.state == HealthState::resting) object["remaining"] = seconds(health.remaining);
}

void put_latency(Json& object, std::optional<std::chrono::nanoseconds> latency) {
    if (latency) object["latency"] = seconds(*latency);
}

Json to_json(ExplainedCandidate const& candidate) {
    Json object{{"name", candidate.name},
                {"hops", candidate.hops},
                {"weight", candidate.weight},
                {"rules", to_json(candidate.rules)},
                {"open", candidate.open}};
    put_latency(object, candidate.latency);
    put(object, candidate.health);
    if (candidate.is_excluded) object["tried"] = true;
    return object;
}

Json to_json(LatencyHistogram const& histogram) {
    auto buckets = Json::array();
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        Json bucket;
        if (i < LatencyHistogram::bounds.size()) bucket["up_to"] = seconds(LatencyHistogram::bounds[i]);
        bucket["count"] = histogram.counts[i];
        buckets.push_back(std::move(bucket));
    }
    return {{"count", histogram.total()}, {"sum", seconds(histogram.sum)}, {"buckets", std::move(buckets)}};
}

Json to_json(UpstreamStatistics const& upstream) {
    auto failed = Json::object();
    for (std::size_t cause = 0; cause < cause_count; ++cause)
        if (auto const count = upstream.counters.failed[cause]) failed[std::string(to_string(Cause(cause)))] = count;
    Json object{{"name", upstream.name},
                {"hops", upstream.hops},
                {"weight", upstream.weight},
                {"open", upstream.open},
                {"chosen", upstream.counters.chosen},
                {"retried", upstream.counters.retried},
                {"rests", upstream.counters.rests},
                {"checks", upstream.counters.checks},
                {"checks_failed", upstream.counters.checks_failed},
                {"failed", std::move(failed)}};
    put_latency(object, upstream.latency);
    put(object, upstream.health);
    object["connected"] = to_json(upstream.counters.latency);
    if (upstream.is_removed) object["removed"] = true;
    return object;
}

Json totals_of(Statistics const& statistics) {
    return {{"unmatched", statistics.unmatched},
            {"unavailable", statistics.unavailable},
            {"affinities", statistics.affinities},
            {"websocket_affinities", statistics.websocket_affinities},
            {"clients", statistics.clients}};
}

}  // namespace

std::string to_json(Explanation const& explanation) {
    Json object{{"host", explanation.target.host}, {"port", explanation.target.port}};
    if (explanation.is_websocket) object["websocket"] = true;
    object["upstream"] = explanation.upstream.empty() ? Json() : Json(explanation.upstream);
    if (!explanation.hops.empty()) object["hops"] = explanation.hops;
    object["reason"] = to_string(explanation.reason);
    object["rules"] = to_json(explanation.rules);
    object["by_default"] = explanation.by_default;
    if (explanation.is_probe) object["probe"] = true;
    object["policy"] = explanation.policy;
    if (!explanation.key.empty()) object["key"] = explanation.key;
    if (!explanation.affinity.empty()) object["affinity"] = explanation.affinity;
    if (!explanation.next.empty()) object["next"] = explanation.next;
    auto candidates = Json::array();
    for (auto const& candidate : explanation.candidates) candidates.push_back(to_json(candidate));
    object["candidates"] = std::move(candidates);
    return dump(object);
}

std::string to_json(Statistics const& statistics) {
    auto upstreams = Json::array();
    for (auto const& upstream : statistics.upstreams) upstreams.push_back(to_json(upstream));
    Json object{{"upstreams", std::move(upstreams)}};
    object.update(totals_of(statistics));
    return dump(object);
}

std::vector<std::string> to_json_lines(FolderStatistics const& folder) {
    std::vector<std::string> lines;
    auto const add = [&](std::string_view type, Json const& members) {
        Json line{{"type", type}, {"folder", folder.folder}};
        line.update(members);
        lines.push_back(http::terminal_json(dump(line)));
    };
    for (auto const& upstream : folder.statistics.upstreams) add("upstream", to_json(upstream));
    add("upstreams", totals_of(folder.statistics));
    return lines;
}

}  // namespace pathology::proxycore::multiupstream
