// Rejects clients by their address, so that a proxy without a password does not serve strangers.
#pragma once

#include <pathology/proxycore/addons/addon.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// The kind of an address.
enum class Realm { loopback, within, global };

/// Private networks, link-local and unique local addresses are within (RFC 1918, 3927, 4193, 4291, 6598); text that is
/// not an address is global.
Realm realm_of(std::string_view address);

/// The options are `block_global`, on, and `block_private`, off. Loopback is always accepted.
class Block final : public Addon {
public:
    std::string name() const override { return "block"; }

    void load(Host& host) override;
    asio::awaitable<void> client_connected(flow::Client& client) override;

private:
    bool global_ = true, within_ = false;
};

}  // namespace pathology::proxycore::addons
