#include "addons/block.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <pathology/proxycore/addons/host.hpp>

namespace pathology::proxycore::addons {
namespace {

namespace ip = boost::asio::ip;

// RFC 1918, RFC 6598 (carrier-grade NAT), RFC 3927 (link-local)
constexpr std::array within_v4{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"};
// RFC 4193 (unique local), RFC 4291 §2.5.6 (link-local)
constexpr std::array within_v6{"fc00::/7", "fe80::/10"};

bool is_within(ip::address_v4 const& address) {
    for (auto const* network : within_v4)
        if (ip::make_network_v4(address, ip::make_network_v4(network).prefix_length()).canonical() ==
            ip::make_network_v4(network))
            return true;
    return false;
}

bool is_within(ip::address_v6 const& address) {
    for (auto const* network : within_v6)
        if (ip::make_network_v6(address, ip::make_network_v6(network).prefix_length()).canonical() ==
            ip::make_network_v6(network))
            return true;
    return false;
}

template <class Address> Realm realm(Address const& address) {
    if (address.is_loopback()) return Realm::loopback;
    return is_within(address) ? Realm::within : Realm::global;
}

}  // namespace

Realm realm_of(std::string_view text) {
    boost::system::error_code no_address;
    auto const address = ip::make_address(text, no_address);
    if (no_address) return Realm::global;
    if (address.is_v4()) return realm(address.to_v4());
    auto const v6 = address.to_v6();
    // A listener for both families sees IPv4 clients as ::ffff:a.b.c.d.
    return v6.is_v4_mapped() ? realm(ip::make_address_v4(ip::v4_mapped, v6)) : realm(v6);
}

void Block::load(Host& host) {
    host.option("block_global", global_, "Reject clients with public addresses.");
    host.option("block_private", within_, "Reject clients with private addresses; loopback is always accepted.");
}

asio::awaitable<void> Block::client_connected(flow::Client& client) {
    if (!client.peername) co_return;
    auto const realm = realm_of(client.peername->host);
    if (realm == Realm::global && global_) client.error = "refused: its address is public, and block_global is set";
    if (realm == Realm::within && within_) client.error = "refused: its address is private, and block_private is set";
}

}  // namespace pathology::proxycore::addons
