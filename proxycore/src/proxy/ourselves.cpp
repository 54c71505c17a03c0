#include "proxy/ourselves.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::proxycore::proxy {
namespace {

namespace ip = boost::asio::ip;

/// An IPv4-mapped IPv6 address is compared as IPv4: a listener on [::] sees IPv4 clients in that form.
std::optional<ip::address> address_of(std::string const& host) {
    if (ascii::lowered(host) == "localhost") return ip::address_v4::loopback();
    boost::system::error_code no_address;
    auto const address = ip::make_address(host, no_address);
    if (no_address) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

std::optional<ip::address> address_of(sockaddr const* socket) {
    if (socket == nullptr) return std::nullopt;
    if (socket->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, socket, sizeof v4);
        return ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (socket->sa_family != AF_INET6) return std::nullopt;
    sockaddr_in6 v6{};
    std::memcpy(&v6, socket, sizeof v6);
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return ip::address_v6(bytes);
}

/// Returns true if an interface of this machine has the address. Interfaces change while the proxy runs, so the list is
/// read each time; it is only reached if the port is that of a listener.
bool is_of_this_machine(ip::address const& address) {
    if (address.is_loopback() || address.is_unspecified()) return true;
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0) return false;
    std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> const all(found, &::freeifaddrs);
    for (auto const* one = found; one != nullptr; one = one->ifa_next)
        if (address_of(one->ifa_addr) == address) return true;
    return false;
}

/// A connection to 0.0.0.0 or [::] reaches this machine.
bool reaches(ip::address const& address, Listener const& listener) {
    auto const listened = address_of(listener.endpoint.host);
    if (!listened || listened->is_unspecified()) return is_of_this_machine(address);
    return address == *listened || (address.is_unspecified() && listened->is_loopback());
}

}  // namespace

bool is_ourselves(std::vector<Listener> const& listeners, Endpoint const& address) {
    bool const has_port = std::any_of(listeners.begin(), listeners.end(),
                                      [&](Listener const& listener) { return listener.endpoint.port == address.port; });
    if (!has_port) return false;
    auto const meant = address_of(address.host);
    return meant && std::any_of(listeners.begin(), listeners.end(), [&](Listener const& listener) {
               return listener.endpoint.port == address.port && reaches(*meant, listener);
           });
}

}  // namespace pathology::proxycore::proxy
