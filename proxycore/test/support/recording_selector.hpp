// A selector that records what it is asked and told.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pathology/proxycore/upstream/selector.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pathology::proxycore::test {

/// Chooses one route. Events are lines: "select /path", "select now /path", "chosen", "connected", "failed", "released", "websocket opened",
/// "websocket closed", "client gone".
class RecordingSelector final : public upstream::Selector {
public:
    /// `knows`: select_now() has the route.
    explicit RecordingSelector(upstream::Route route = {}, bool knows = false)
        : route_(std::move(route)), knows_(knows) {}

    boost::asio::awaitable<upstream::Route> select(upstream::RouteRequest const& request) override {
        record("select " + (request.flow == nullptr ? to_string(request.target) : request.flow->request.path));
        co_return route_;
    }
    std::optional<upstream::Route> select_now(upstream::RouteRequest const& request) override {
        if (!knows_) return std::nullopt;
        record("select now " + request.flow->request.path);
        return route_;
    }
    void on_chosen(upstream::RouteUse const& use) override {
        record("chosen");
        std::scoped_lock const lock(mutex_);
        target_ = use.target;
    }
    void on_connected(upstream::RouteUse const&, Latency) override { record("connected"); }
    void on_failed(upstream::RouteUse const&, layers::Failure const& why, Latency) override {
        record("failed");
        std::scoped_lock const lock(mutex_);
        reason_ = why.message;
    }
    void on_released(upstream::RouteUse const&) override { record("released"); }
    void on_websocket_opened(upstream::RouteUse const&) override { record("websocket opened"); }
    void on_websocket_closed(upstream::RouteUse const&) override { record("websocket closed"); }
    void on_client_gone(flow::Client const&) override { record("client gone"); }

    std::vector<std::string> events() const {
        std::scoped_lock const lock(mutex_);
        return events_;
    }
    Endpoint target() const {  ///< of the last route chosen
        std::scoped_lock const lock(mutex_);
        return target_;
    }
    std::string reason() const {  ///< of the last failure
        std::scoped_lock const lock(mutex_);
        return reason_;
    }
    /// Returns false if the event did not come within the limit.
    [[nodiscard]] bool wait_for(std::string const& event) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20),
                                 [&] { return std::find(events_.begin(), events_.end(), event) != events_.end(); });
    }

private:
    void record(std::string event) {
        std::scoped_lock const lock(mutex_);
        events_.push_back(std::move(event));
        changed_.notify_all();
    }

    upstream::Route route_;
    bool knows_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> events_;
    Endpoint target_;
    std::string reason_;
};

}  // namespace pathology::proxycore::test
