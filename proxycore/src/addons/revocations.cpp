#include "addons/revocations.hpp"

namespace pathology::proxycore::addons {

bool Revocations::ignores(Hook hook, flow::HttpFlow const& flow) const noexcept {
    if (hook != Hook::request) return false;
    return !flow.request.path.ends_with(".crl") || !flow.live || flow.response || flow.error;
}

asio::awaitable<void> Revocations::request(flow::HttpFlow& flow) {
    auto const authority = authority_();
    if (flow.request.path != authority.revocation_path()) co_return;
    flow.response = flow::Response::make(200, authority.revocation_list(), {{"Content-Type", "application/pkix-crl"}});
}

}  // namespace pathology::proxycore::addons
