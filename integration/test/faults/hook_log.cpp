#include "faults/hook_log.hpp"

#include <algorithm>

#include "support/play.hpp"

namespace pathology::integration {
namespace {

using Hooks = std::vector<std::string>;

std::string joined(Hooks const& hooks) {
    std::string text;
    for (auto const& hook : hooks) text.append(text.empty() ? "" : " ").append(hook);
    return text;
}

/// Whether a flow that has one of `begin` has exactly one of `ends`, and no other flow has any.
bool ends_once(Hooks const& hooks, Hooks const& begin, Hooks const& ends) {
    auto const among = [](Hooks const& names) {
        return [&names](std::string const& hook) { return std::find(names.begin(), names.end(), hook) != names.end(); };
    };
    bool const has_begun = std::any_of(hooks.begin(), hooks.end(), among(begin));
    return std::count_if(hooks.begin(), hooks.end(), among(ends)) == (has_begun ? 1 : 0);
}

bool adds_up(Hooks const& hooks) {
    return ends_once(hooks, {"requestheaders", "request", "responseheaders", "response", "error"},
                     {"response", "error"}) &&
           ends_once(hooks, {"http_connect"}, {"http_connected", "http_connect_error"}) &&
           ends_once(hooks, {"websocket_start"}, {"websocket_end"}) &&
           ends_once(hooks, {"tcp_start"}, {"tcp_end", "tcp_error"});
}

}  // namespace

HookLog::Hook HookLog::count(char const* hook) {
    std::scoped_lock const lock(mutex_);
    ++counts_[hook];
    counted_.notify_all();
    co_return;
}

HookLog::Hook HookLog::note(flow::Flow const& flow, char const* hook) {
    std::scoped_lock const lock(mutex_);
    auto const is_it = [&](auto const& known) { return known.first == flow.id; };
    auto place = std::find_if(its_hooks_.begin(), its_hooks_.end(), is_it);
    if (place == its_hooks_.end()) place = its_hooks_.insert(place, {flow.id, {}});
    place->second.emplace_back(hook);
    co_return;
}

std::vector<std::string> HookLog::flows() const {
    std::scoped_lock const lock(mutex_);
    std::vector<std::string> all;
    for (auto const& [id, hooks] : its_hooks_) all.push_back(joined(hooks));
    return all;
}

std::string HookLog::text() const {
    std::string all;
    for (auto const& flow : flows()) all.append(all.empty() ? "" : ", ").append(flow);
    return all;
}

std::size_t HookLog::times(std::string const& hook) const {
    std::scoped_lock const lock(mutex_);
    auto const found = counts_.find(hook);
    return found != counts_.end() ? found->second : 0;
}

bool HookLog::wait_for_a_client() const {
    std::unique_lock lock(mutex_);
    return counted_.wait_for(lock, proxycore::test::patience,
                             [this] { return counts_.contains("client_disconnected"); });
}

std::string HookLog::imbalance() const {
    std::scoped_lock const lock(mutex_);
    std::string found;
    for (auto const& [id, hooks] : its_hooks_)
        if (!adds_up(hooks)) found += "a flow had " + joined(hooks) + '\n';
    auto const expect_as_many = [&](char const* begin, Hooks const& ends) {
        std::size_t ended = 0;
        for (auto const& end : ends) ended += counts_.contains(end) ? counts_.at(end) : 0;
        auto const begun = counts_.contains(begin) ? counts_.at(begin) : 0;
        if (begun != ended) found += std::to_string(begun) + ' ' + begin + ", " + std::to_string(ended) + " ends\n";
    };
    expect_as_many("client_connected", {"client_disconnected"});
    expect_as_many("server_connect", {"server_connected", "server_connect_error"});
    expect_as_many("server_connected", {"server_disconnected"});
    expect_as_many("tls_start_server", {"tls_established_server", "tls_failed_server"});
    return found;
}

}  // namespace pathology::integration
