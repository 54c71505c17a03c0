// Answers clients that ask whether a certificate of ours was revoked.
#pragma once

#include <functional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// A certificate that copies one with a pointer to a list of revocations points to a list of the authority's, at the
/// same host (P21). That host knows nothing of it: requests for the authority's path are answered here.
class Revocations final : public Addon {
public:
    /// `authority` gives the one that signs, now.
    explicit Revocations(std::function<tls::Authority()> authority) : authority_(std::move(authority)) {}
    std::string name() const override { return "revocations"; }

    asio::awaitable<void> request(flow::HttpFlow& flow) override;

private:
    std::function<tls::Authority()> authority_;
};

}  // namespace pathology::proxycore::addons
