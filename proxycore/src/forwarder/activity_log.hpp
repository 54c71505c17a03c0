// Activities on their way to the backend.
//
//     add() ─▶ queue of 1000, the oldest is dropped ─▶ at most 4 posts at a time ─▶ sent or failed, never repeated
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "forwarder/log.hpp"
#include "forwarder/messages.hpp"

namespace pathology::proxycore::forwarder {

namespace asio = boost::asio;

/// Thread: one loop. finish() has to end before the object is destroyed.
class ActivityLog {
public:
    static constexpr std::size_t max_queue = 1000, max_posts = 4;

    /// Posts one activity; returns an empty text, or why it failed.
    using Post = std::function<asio::awaitable<std::string>(Activity)>;

    ActivityLog(Post post, Log log) : post_(std::move(post)), log_(std::move(log)) {}

    /// Never waits.
    void add(asio::any_io_executor const& loop, Activity activity);

    /// Waits up to `limit` for the posts, cancels the rest, and logs what was lost.
    asio::awaitable<void> finish(async::Duration limit);

    std::uint64_t dropped() const { return dropped_; }

private:
    asio::awaitable<void> post_all();
    asio::awaitable<void> abandon();

    Post post_;
    Log log_;
    std::deque<Activity> queue_;
    async::TaskGroup posts_;
    std::uint64_t dropped_ = 0;
    std::size_t begun_ = 0;  ///< coroutines that take from the queue
    bool is_overfull_ = false;
};

}  // namespace pathology::proxycore::forwarder
