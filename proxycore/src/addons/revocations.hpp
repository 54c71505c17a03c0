// Serves the certificate revocation list of the authority to clients.
#pragma once

#include <functional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// If the certificate of a server has the URL of a revocation list, our copy has the URL of our own list at the same
/// host (P21). The host does not have it, so requests for this path get their response here.
class Revocations final : public Addon {
public:
    /// `authority` returns the current authority.
    explicit Revocations(std::function<tls::Authority()> authority) : authority_(std::move(authority)) {}
    std::string name() const override { return "revocations"; }

    bool ignores(Hook hook, flow::HttpFlow const& flow) const noexcept override;
    asio::awaitable<void> request(flow::HttpFlow& flow) override;

private:
    std::function<tls::Authority()> authority_;
};

}  // namespace pathology::proxycore::addons
