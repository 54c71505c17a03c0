#include "forwarder/activity_log.hpp"

#include <pathology/proxycore/async/finally.hpp>
#include <string>
#include <utility>

namespace pathology::proxycore::forwarder {

void ActivityLog::add(asio::any_io_executor const& loop, Activity activity) {
    queue_.push_back(std::move(activity));
    if (queue_.size() > max_queue) {
        queue_.pop_front();
        ++dropped_;
        if (!std::exchange(is_overfull_, true))
            log_(LogLevel::warn, "the backend takes activities too slowly: the oldest of " + std::to_string(max_queue) +
                                     " are dropped");
    }
    if (begun_ == max_posts) return;
    ++begun_;
    posts_.add(loop, post_all());
}

/// Counts itself out where it finds the queue empty: in the group it is a little longer, and an activity that is added
/// meanwhile would wait for the next one.
asio::awaitable<void> ActivityLog::post_all() {
    struct Begun {
        std::size_t& count;
        ~Begun() { --count; }
    } const one_of{begun_};
    while (!queue_.empty()) {
        auto activity = std::move(queue_.front());
        queue_.pop_front();
        auto posting = post_(std::move(activity));
        auto const failure = co_await std::move(posting);
        if (!failure.empty()) log_(LogLevel::debug, "an activity is lost: " + failure);
    }
    is_overfull_ = false;
}

asio::awaitable<void> ActivityLog::finish(async::Duration limit) {
    auto const cancel_rest = [this] { return abandon(); };
    auto draining = async::with_timeout(limit, posts_.join());
    co_await async::finally(std::move(draining), cancel_rest, std::nullopt);
}

asio::awaitable<void> ActivityLog::abandon() {
    auto const lost = dropped_ + queue_.size() + posts_.size();
    queue_.clear();
    posts_.cancel_all();
    co_await posts_.join();
    if (lost > 0) log_(LogLevel::warn, std::to_string(lost) + " activities did not reach the backend");
}

}  // namespace pathology::proxycore::forwarder
