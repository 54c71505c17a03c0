#include <pathology/proxycore/addons/onboarding.hpp>

#include <pathology/proxycore/addons/options.hpp>

#include "addons/onboarding_page.hpp"
#include "ascii.hpp"

namespace pathology::proxycore::addons {
namespace {

constexpr char switch_name[] = "onboarding", host_name[] = "onboarding_host";

flow::Response file(std::string_view content, std::string_view type, std::string const& name) {
    return flow::Response::make(200, content,
                                {{"Content-Type", type}, {"Content-Disposition", "attachment; filename=" + name}});
}

flow::Response answer(std::string_view path, tls::Authority const& authority) {
    path = path.substr(0, path.find('?'));
    auto const name = authority.name() + "-ca-cert.";
    if (path == "/") {
        auto const page = onboarding_page(authority.certificate().sha256());
        return flow::Response::make(200, page, {{"Content-Type", "text/html; charset=utf-8"}});
    }
    if (path == "/cert/pem") return file(authority.certificate_pem(), "application/x-x509-ca-cert", name + "pem");
    if (path == "/cert/cer") return file(authority.certificate_pem(), "application/x-x509-ca-cert", name + "cer");
    if (path == "/cert/p12") return file(authority.certificate_p12(), "application/x-pkcs12", name + "p12");
    return flow::Response::make(404, "There is no such page here; / has links to all.\n",
                                {{"Content-Type", "text/plain"}});
}

}  // namespace

void Onboarding::load(Options& options) {
    options.declare({switch_name, true, "Have a site from which clients get the certificate they have to trust."});
    options.declare({host_name, std::string("mitm.it"), "Host of that site: a name, or an address."});
}

void Onboarding::configure(Options const& options, std::set<std::string> const& changed) {
    if (!changed.contains(switch_name) && !changed.contains(host_name)) return;
    host_ = options.get<bool>(switch_name) ? ascii::lowered(options.get<std::string>(host_name)) : std::string();
}

bool Onboarding::is_ours(std::string_view host) const { return !host_.empty() && ascii::lowered(host) == host_; }

/// There is no certificate to look at: a server of that name, if there is one, is somebody else's.
asio::awaitable<void> Onboarding::tls_clienthello(ClientHelloData& data) {
    auto const& address = data.server.address();
    bool const is_meant = is_ours(data.hello.sni) || (address && is_ours(address->host));
    if (is_meant) data.server.error = host_ + " is a site of this proxy, and not on the network";
    co_return;
}

asio::awaitable<void> Onboarding::request(flow::HttpFlow& flow) {
    bool const is_meant = flow.live && !flow.response && !flow.error && is_ours(flow.request.pretty_host());
    if (is_meant) flow.response = answer(flow.request.path, authority_());
    co_return;
}

}  // namespace pathology::proxycore::addons
