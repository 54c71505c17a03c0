// A site inside of the proxy, from which clients get the certificate that they have to trust.
//
//     http://mitm.it/           a page with a link for each platform
//     http://mitm.it/cert/pem   the certificate; also cer, p12
#pragma once

#include <functional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// The options are `onboarding`, whether there is such a site, and `onboarding_host`, its name. It answers in every
/// mode, plain and over TLS, on any port, and no server is asked. Where names lead to their real addresses, as in
/// transparent mode, the host can be an address.
class Onboarding final : public Addon {
public:
    /// `authority` gives the one whose certificate is handed out, now.
    explicit Onboarding(std::function<tls::Authority()> authority) : authority_(std::move(authority)) {}
    std::string name() const override { return "onboarding"; }

    void load(Host& host) override;
    asio::awaitable<void> tls_clienthello(ClientHelloData& data) override;
    asio::awaitable<void> request(flow::HttpFlow& flow) override;

private:
    bool is_ours(std::string_view host) const;

    std::function<tls::Authority()> authority_;
    bool is_on_ = true;
    std::string host_ = "mitm.it";
};

}  // namespace pathology::proxycore::addons
