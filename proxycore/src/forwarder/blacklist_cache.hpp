// The blacklist in force, and its refresh.
//
//     load() ─▶ keep_fresh(): wait ─▶ fetch ─▶ compile on a worker ─▶ swap ─▶ wait …
//                                        └─ a failure: the old list stays ──▶┘
#pragma once

#include <boost/asio/awaitable.hpp>

#include "forwarder/backend.hpp"
#include "forwarder/blacklist.hpp"
#include "forwarder/log.hpp"

namespace pathology::proxycore::forwarder {

/// Thread: one loop; patterns are compiled on async::workers().
class BlacklistCache {
public:
    BlacklistCache(Backend& backend, Settings const& settings, Log log)
        : backend_(backend), interval_(settings.blacklist_refresh), log_(std::move(log)) {}

    /// The first list. A failure is a warning, and the list is empty.
    asio::awaitable<void> load();
    /// Refreshes it at every interval, until it is cancelled.
    asio::awaitable<void> keep_fresh();

    Blacklist const& current() const { return current_; }

private:
    asio::awaitable<void> refresh();
    asio::awaitable<void> install(RuleList list);
    void report(BackendFailure const& why);

    Backend& backend_;
    std::chrono::seconds interval_;
    Log log_;
    Blacklist current_{};
    bool is_loaded_ = false;
};

}  // namespace pathology::proxycore::forwarder
