#include <pathology/proxycore/upstream/selector.hpp>

namespace pathology::proxycore::upstream {

asio::awaitable<Route> StaticSelector::select(RouteRequest const& /*request*/) { co_return route_; }

}  // namespace pathology::proxycore::upstream
