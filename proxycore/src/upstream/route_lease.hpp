// Reports to the selector that a route is in use.
#pragma once

#include <memory>
#include <pathology/proxycore/upstream/selector.hpp>
#include <utility>

namespace pathology::proxycore::upstream {

/// From on_chosen to on_released.
class RouteLease {
public:
    RouteLease(std::shared_ptr<Selector> selector, std::shared_ptr<RouteUse const> its_use)
        : selector_(std::move(selector)), use_(std::move(its_use)) {
        selector_->on_chosen(*use_);
    }
    ~RouteLease() { selector_->on_released(*use_); }
    RouteLease(RouteLease const&) = delete;
    RouteLease& operator=(RouteLease const&) = delete;

    Selector& selector() const { return *selector_; }
    std::shared_ptr<RouteUse const> const& use() const { return use_; }

private:
    std::shared_ptr<Selector> selector_;
    std::shared_ptr<RouteUse const> use_;
};

/// From on_websocket_opened to on_websocket_closed.
class WebSocketLease {
public:
    WebSocketLease(std::shared_ptr<Selector> selector, std::shared_ptr<RouteUse const> use)
        : selector_(std::move(selector)), use_(std::move(use)) {
        selector_->on_websocket_opened(*use_);
    }
    ~WebSocketLease() { selector_->on_websocket_closed(*use_); }
    WebSocketLease(WebSocketLease const&) = delete;
    WebSocketLease& operator=(WebSocketLease const&) = delete;

private:
    std::shared_ptr<Selector> selector_;
    std::shared_ptr<RouteUse const> use_;
};

}  // namespace pathology::proxycore::upstream
