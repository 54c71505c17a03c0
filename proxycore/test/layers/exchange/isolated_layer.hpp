// What an HTTP layer needs around it, without a proxy: no network, no TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/addons/chain.hpp>

#include "layers/context.hpp"
#include "layers/tls/tls_service.hpp"

namespace pathology::proxycore::layers::test {

/// What the connections of a proxy share, for one of them.
class IsolatedLayer {
public:
    using MakeConnections = std::function<std::unique_ptr<ServerConnections>(Context&)>;

    IsolatedLayer(Settings const& settings, addons::LogSink sink);

    /// A context of one client.
    std::unique_ptr<Context> connect(modes::Mode const& mode, MakeConnections const& make_server_connections);

    addons::Options options{};
    addons::AddonChain chain;

private:
    TlsService tls_;
    Services services_;
};

}  // namespace pathology::proxycore::layers::test
