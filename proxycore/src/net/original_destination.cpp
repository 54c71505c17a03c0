#include "net/original_destination.hpp"

#include <sys/socket.h>

namespace pathology::proxycore::net {
namespace {

constexpr int original_of_either = 80;  // SO_ORIGINAL_DST, IP6T_SO_ORIGINAL_DST; their headers conflict with libc

bool is_ipv4(boost::asio::ip::tcp::socket const& socket) {
    boost::system::error_code ignored;
    auto const address = socket.remote_endpoint(ignored).address();
    return address.is_v4() || address.to_v6().is_v4_mapped();
}

}  // namespace

std::optional<boost::asio::ip::tcp::endpoint> original_destination(boost::asio::ip::tcp::socket& socket) {
    boost::asio::ip::tcp::endpoint found;
    auto size = static_cast<socklen_t>(found.capacity());
    // A socket for both families accepts IPv4 too; netfilter keeps that connection in its IPv4 table.
    int const level = is_ipv4(socket) ? SOL_IP : SOL_IPV6;
    if (::getsockopt(socket.native_handle(), level, original_of_either, found.data(), &size) != 0) return std::nullopt;
    found.resize(size);
    return found;
}

}  // namespace pathology::proxycore::net
