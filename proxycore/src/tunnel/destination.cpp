#include <pathology/proxycore/tunnel/destination.hpp>

namespace pathology::proxycore::tunnel {

std::string to_string(Destination const& destination) {
    auto const& host = destination.host;
    bool const is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(destination.port);
}

}  // namespace pathology::proxycore::tunnel
