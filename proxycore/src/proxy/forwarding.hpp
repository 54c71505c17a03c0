// The forwarder of a proxy, by its options `forwarder` and `forwarder_env`.
#pragma once

#include <memory>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/forwarder/forwarder.hpp>

namespace pathology::proxycore::proxy {

/// Makes the forwarder, and sets the options that it needs: no connection to a server before a request, HTTPX_TIMEOUT as the
/// upper bound of timeouts, streaming of large bodies, and the port of MITM_LISTEN_PORT if there is no other one.
/// Errors: throws OptionsError for modes without requests or with a route of their own, and those of
///         forwarder::read_settings().
std::shared_ptr<forwarder::Forwarder> make_forwarder(addons::Options& options,
                                                     std::vector<forwarder::Variable> const& environment);

}  // namespace pathology::proxycore::proxy
