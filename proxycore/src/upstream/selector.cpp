#include <pathology/proxycore/upstream/route.hpp>

namespace pathology::proxycore::upstream {

asio::awaitable<Route> Fixed::select(Wish const& /*wish*/) { co_return route_; }

}  // namespace pathology::proxycore::upstream
