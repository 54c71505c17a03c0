#include "forwarder/blacklist_cache.hpp"

#include <pathology/proxycore/async/run_on_loop.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/async/workers.hpp>
#include <utility>

namespace pathology::proxycore::forwarder {

asio::awaitable<void> BlacklistCache::load() {
    co_await refresh();
    is_loaded_ = true;
}

asio::awaitable<void> BlacklistCache::keep_fresh() {
    for (;;) {
        auto const ec = co_await async::pause(interval_);
        if (ec) co_return;
        co_await refresh();
    }
}

asio::awaitable<void> BlacklistCache::refresh() {
    auto fetching = backend_.fetch_rules();
    auto fetched = co_await std::move(fetching);
    if (!fetched) co_return report(fetched.error());
    co_await install(std::move(*fetched));
}

asio::awaitable<void> BlacklistCache::install(RuleList list) {
    auto const compile = [list = std::move(list)] { return Blacklist::compile(list); };
    auto const compiling = async::run_on_loop(async::workers(), compile);
    auto compiled = co_await compiling.wait();
    current_ = std::move(compiled.blacklist);
    for (auto const& warning : compiled.warnings) log_(LogLevel::warn, warning);
    log_(LogLevel::info, "Refreshed blacklist cache with " + std::to_string(current_.size()) + " patterns");
}

/// At the start an error would end the program, and the backend may only be late.
void BlacklistCache::report(BackendFailure const& why) {
    bool const is_refused = why.code == BackendErrc::unauthorized || why.code == BackendErrc::forbidden;
    auto const level = is_refused && is_loaded_ ? LogLevel::error : LogLevel::warn;
    auto const state = current_.size() == 0 ? std::string("no URL is blocked")
                                            : "the " + std::to_string(current_.size()) + " patterns from before stay";
    auto const remedy = is_refused ? "; check SYSTEM_TOKEN" : "";
    log_(level, "the blacklist cannot be refreshed, " + state + ": " + why.message + remedy);
}

}  // namespace pathology::proxycore::forwarder
