// What the proxy shows: flows on standard output, the log on standard error.
#pragma once

#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/console/console.hpp>

namespace pathology::pathop {

/// The last addon of the program: writes out what the console holds back, and ends the program once nobody reads it.
class Output final : public proxycore::addons::Addon {
public:
    explicit Output(proxycore::console::Console& console) : console_(console) {}
    std::string name() const override { return "output"; }

    proxycore::addons::asio::awaitable<void> tick() override;
    proxycore::addons::asio::awaitable<void> done() override;

private:
    proxycore::console::Console& console_;
    bool ends_ = false;
};

/// Adds the addons that show the log and, as text or as JSON, the flows.
void show(proxycore::addons::AddonChain& chain, bool json, proxycore::console::Console& console);

}  // namespace pathology::pathop
