// Whether a request is forwarded, and by which proxy.
//
//     is_blocked() ─ no ─▶ choose_proxy(): a slot ─▶ the backend ─▶ RequestRecord::proxy
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/flow/response.hpp>

#include "forwarder/backend.hpp"
#include "forwarder/blacklist_cache.hpp"
#include "forwarder/log.hpp"
#include "forwarder/request_record.hpp"
#include "forwarder/slots.hpp"

namespace pathology::proxycore::forwarder {

/// Thread: one loop.
class Admission {
public:
    Admission(Backend& backend, BlacklistCache const& blacklist, Settings const& settings, Log log)
        : backend_(backend),
          blacklist_(blacklist),
          timeout_(settings.timeout),
          slots_(settings.max_requests),
          log_(std::move(log)) {}

    /// By the URL that the client names, and by that of the server which gets the request: a client may forge the Host
    /// field.
    asio::awaitable<bool> is_blocked(flow::Request const& request);

    /// Gives the record a slot and a proxy, or returns the response for the client. A request that is sent once more keeps
    /// both.
    /// Cancel: throws operation_aborted.
    asio::awaitable<std::optional<flow::Response>> choose_proxy(RequestRecord& record, std::string target);

    Slots const& slots() const { return slots_; }

private:
    Backend& backend_;
    BlacklistCache const& blacklist_;
    std::chrono::milliseconds timeout_;
    Slots slots_;
    Log log_;
};

}  // namespace pathology::proxycore::forwarder
