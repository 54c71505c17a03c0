// The HTTP/1 layer without its neighbours: what it would go on with ends here, and notes what it was given.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/tls/tls_service.hpp>
#include <string>

namespace pathology::proxycore::layers::test {

/// What a layer after CONNECT, or HTTP/2, found in its stream. One conversation at a time.
extern thread_local std::string tunnel_bytes;

/// What the connections of a proxy share, for one of them.
class Alone {
public:
    using MakeServers = std::function<std::unique_ptr<Servers>(Context&)>;

    Alone(Settings const& settings, addons::LogSink sink);

    /// A context of one client.
    std::unique_ptr<Context> connect(modes::Mode const& mode, MakeServers const& make_servers);

    addons::Options options{};
    addons::AddonChain chain;

private:
    TlsService tls_;
    Services services_;
};

}  // namespace pathology::proxycore::layers::test
