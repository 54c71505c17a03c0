#include <pathology/proxycore/upstream/selector.hpp>

namespace pathology::proxycore::upstream {

asio::awaitable<std::optional<Route>> Selector::select_again(RouteRequest const& /*request*/,
                                                             std::vector<FailedRoute> const& /*failed*/) {
    co_return std::nullopt;
}

asio::awaitable<Route> StaticSelector::select(RouteRequest const& /*request*/) { co_return route_; }

}  // namespace pathology::proxycore::upstream
