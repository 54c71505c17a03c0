// The output of the proxy: flows on standard output, the log on standard error.
#pragma once

#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>

namespace pathology::pathop {

/// The last addon of the program: flushes the console, and ends the program when standard output is closed.
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

/// Adds the addons that print the log and, as text or JSON, the flows; as JSON also the counters of upstream proxies, at
/// the end. The proxy must outlive its addons.
void add_output(proxycore::proxy::Proxy& proxy, bool json, proxycore::console::Console& console);

}  // namespace pathology::pathop
