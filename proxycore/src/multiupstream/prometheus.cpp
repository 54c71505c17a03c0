// Statistics in the text format of Prometheus, which prometheus-cpp writes. A Registry of it would count a second time;
// here its families are made of the counters that exist.

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <pathology/proxycore/ascii.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>
#include <utility>

#include "multiupstream/seconds.hpp"
#include "websocket/utf8.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// The format is in UTF-8, and one label that is not makes the whole text invalid.
std::string label_text(std::string const& bytes) { return websocket::is_utf8(bytes) ? bytes : http::escaped(bytes); }

/// Builds one family: a metric for each upstream, or for each folder.
class Family {
public:
    Family(std::string name, std::string help, MetricType type)
        : family_{"pathop_upstream_" + std::move(name), std::move(help), type, {}} {}

    void add(Labels labels, double value) {
        auto& metric = add(std::move(labels));
        if (family_.type == MetricType::Counter)
            metric.counter.value = value;
        else
            metric.gauge.value = value;
    }
    void add(Labels labels, LatencyHistogram const& latency) {
        auto& histogram = add(std::move(labels)).histogram;
        histogram.sample_count = latency.total();
        histogram.sample_sum = seconds(latency.sum);
        std::uint64_t cumulative = 0;  // the serializer adds the bucket without a bound
        for (std::size_t i = 0; i < LatencyHistogram::bounds.size(); ++i)
            histogram.bucket.push_back({cumulative += latency.counts[i], seconds(LatencyHistogram::bounds[i])});
    }
    MetricFamily take() { return std::move(family_); }

private:
    ClientMetric& add(Labels labels) {
        auto& metric = family_.metric.emplace_back();
        metric.label = std::move(labels);
        return metric;
    }

    MetricFamily family_;
};

struct UpstreamMetric {
    char const *name, *help;
    MetricType type;
    double (*value)(UpstreamStatistics const&);
};

constexpr auto counter = MetricType::Counter;
constexpr auto gauge = MetricType::Gauge;

double number(std::uint64_t count) { return static_cast<double>(count); }

constexpr std::array upstream_metrics{
    UpstreamMetric{"chosen_total", "Requests and connections that the upstream was chosen for.", counter,
                   [](auto const& upstream) { return number(upstream.counters.chosen); }},
    UpstreamMetric{"open", "Requests, connections and WebSockets that use the upstream now.", gauge,
                   [](auto const& upstream) { return number(upstream.open); }},
    UpstreamMetric{"retried_total", "Requests that another upstream got after this one had failed.", counter,
                   [](auto const& upstream) { return number(upstream.counters.retried); }},
    UpstreamMetric{"resting", "1 while the upstream rests after a failure and gets no requests, else 0.", gauge,
                   [](auto const& upstream) { return upstream.health.state == HealthState::resting ? 1.0 : 0.0; }},
    UpstreamMetric{"available", "1 unless the upstream rests, or has not succeeded since its rest.", gauge,
                   [](auto const& upstream) { return upstream.health.state == HealthState::available ? 1.0 : 0.0; }},
    UpstreamMetric{"rests_total", "Times that the upstream began to rest.", counter,
                   [](auto const& upstream) { return number(upstream.counters.rests); }},
    UpstreamMetric{"checks_total", "Active checks with a result.", counter,
                   [](auto const& upstream) { return number(upstream.counters.checks); }},
    UpstreamMetric{"checks_failed_total", "Active checks that failed.", counter,
                   [](auto const& upstream) { return number(upstream.counters.checks_failed); }},
    UpstreamMetric{"weight", "Weight of the upstream in the configuration.", gauge,
                   [](auto const& upstream) { return number(upstream.weight); }},
};

struct FolderMetric {
    char const *name, *help;
    MetricType type;
    double (*value)(Statistics const&);
};

constexpr std::array folder_metrics{
    FolderMetric{"unmatched_total", "Requests and connections that no rule matched.", counter,
                 [](auto const& statistics) { return number(statistics.unmatched); }},
    FolderMetric{"unavailable_total", "Requests and connections whose candidates all rested or had failed.", counter,
                 [](auto const& statistics) { return number(statistics.unavailable); }},
    FolderMetric{"affinities", "Hosts and ports for which client connections keep their upstream.", gauge,
                 [](auto const& statistics) { return number(statistics.affinities); }},
    FolderMetric{"websocket_affinities", "Client addresses and hosts for which WebSockets keep their upstream.", gauge,
                 [](auto const& statistics) { return number(statistics.websocket_affinities); }},
};

using Folders = std::span<FolderStatistics const>;

template <class Visit> void for_each_upstream(Folders folders, Visit visit) {
    for (auto const& folder : folders)
        for (auto const& upstream : folder.statistics.upstreams)
            if (!upstream.is_removed)
                visit(Labels{{"folder", label_text(folder.folder)}, {"upstream", label_text(upstream.name)}}, upstream);
}

MetricFamily family_of(UpstreamMetric const& metric, Folders folders) {
    Family family(metric.name, metric.help, metric.type);
    for_each_upstream(folders, [&](Labels labels, UpstreamStatistics const& upstream) {
        family.add(std::move(labels), metric.value(upstream));
    });
    return family.take();
}

MetricFamily family_of(FolderMetric const& metric, Folders folders) {
    Family family(metric.name, metric.help, metric.type);
    for (auto const& folder : folders)
        family.add({{"folder", label_text(folder.folder)}}, metric.value(folder.statistics));
    return family.take();
}

/// Every cause is there from the start: a rate needs the value before the first failure.
MetricFamily failures(Folders folders) {
    Family family("failed_total", "Requests and connections that the upstream failed, by cause.", counter);
    for_each_upstream(folders, [&](Labels labels, UpstreamStatistics const& upstream) {
        auto& cause = labels.emplace_back(ClientMetric::Label{"cause", ""}).value;
        for (std::size_t i = 0; i < cause_count; ++i) {
            cause = ascii::lowered(to_string(Cause(i)));
            std::ranges::replace(cause, ' ', '_');
            family.add(labels, number(upstream.counters.failed[i]));
        }
    });
    return family.take();
}

MetricFamily latencies(Folders folders) {
    Family family("connect_seconds", "Time until a connection through the upstream was open.", MetricType::Histogram);
    for_each_upstream(folders, [&](Labels labels, UpstreamStatistics const& upstream) {
        family.add(std::move(labels), upstream.counters.latency);
    });
    return family.take();
}

}  // namespace

std::string to_prometheus(Folders folders) {
    std::vector<MetricFamily> families;
    for (auto const& metric : upstream_metrics) families.push_back(family_of(metric, folders));
    families.push_back(failures(folders));
    families.push_back(latencies(folders));
    for (auto const& metric : folder_metrics) families.push_back(family_of(metric, folders));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace pathology::proxycore::multiupstream
