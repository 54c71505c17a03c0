// A site inside the proxy where clients download the certificate that they have to trust.
//
//     http://mitm.it/           a page with a link for each platform
//     http://mitm.it/cert/pem   the certificate; also cer, p12
#pragma once

#include <functional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// The options are `onboarding`, which enables the site, and `onboarding_host`, its name. It responds in every mode,
/// plain and over TLS, on any port, without a server. In transparent mode clients resolve names themselves; there the
/// host can be an address.
class Onboarding final : public Addon {
public:
    /// `authority` returns the current authority.
    explicit Onboarding(std::function<tls::Authority()> authority) : authority_(std::move(authority)) {}
    std::string name() const override { return "onboarding"; }

    void load(Host& host) override;
    asio::awaitable<void> tls_clienthello(ClientHelloData& data) override;
    bool ignores(Hook hook, flow::HttpFlow const& flow) const noexcept override;
    asio::awaitable<void> request(flow::HttpFlow& flow) override;

private:
    bool is_ours(std::string_view host) const;

    std::function<tls::Authority()> authority_;
    bool is_on_ = true;
    std::string host_ = "mitm.it";
};

}  // namespace pathology::proxycore::addons
