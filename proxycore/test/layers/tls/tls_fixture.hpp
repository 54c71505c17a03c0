// What the tests of TLS interception share: a context with everything a layer needs, origins in memory, and a client.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "layers/context.hpp"
#include "layers/tls/tls_service.hpp"
#include "support/play.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::layers::test {

using Played = asio::awaitable<void>;
using proxycore::test::patience;
using proxycore::test::play;

using tls::test::authority;     // of the origins
using tls::test::trusted_file;  // that authority's

/// Settings of a proxy that has an authority of its own, and trusts the origins.
Settings trusting_settings();

/// A TLS server at the end of a pipe. It shakes hands, and waits until the client has left.
struct Origin {
    tls::AcceptSettings settings{};
    tls::IdentityChooser identity{};
    std::vector<tls::ConnectionInfo> seen{};  ///< what was agreed on with each client
    std::vector<std::string> failures{};      ///< why there was nothing to agree on
    std::string raw{};                        ///< sent in place of a handshake, unless it is empty

    Played serve(std::unique_ptr<net::Stream> stream);
};
/// One that shows a certificate for these names to everybody.
Origin origin_for(std::vector<std::string> names);

/// Opens connections to one origin, over pipes and with secure_server().
class OriginConnections final : public ServerConnections {
public:
    OriginConnections(Context& context, Origin& origin) : context_(context), origin_(origin) {}

    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string> alpn) override;
    asio::awaitable<Result<ServerConnection>> acquire_stream(std::shared_ptr<flow::Server> server) override;
    asio::awaitable<void> close(ServerConnection connection) override;
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override;
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) override;
    asio::awaitable<void> close_all() override;

private:
    Context& context_;
    Origin& origin_;
    std::map<flow::Server*, std::unique_ptr<net::Stream>> open_;
};

/// A proxy without listeners: settings, addons, a log that is kept.
struct TlsFixture {
    explicit TlsFixture(Settings const& its_settings, Origin its_origin = origin_for({"origin.test"}));

    /// A connection of a client to a target, where there is one.
    std::unique_ptr<Context> connect(std::optional<Endpoint> target, modes::Mode const& mode);

    addons::Options options{};
    std::vector<addons::LogEntry> log{};
    addons::AddonChain chain;
    Origin origin;
    TlsService tls;
    Services services;
};

/// What a client saw of its handshake.
struct Seen {
    std::optional<tls::ConnectionInfo> info{};  ///< nothing when it failed
    std::string failure{};
    std::string response{};  ///< what came from inside
};

/// A client of the proxy.
struct ClientOptions {
    tls::ConnectSettings settings{};
    tls::ServerName name = tls::ServerName::of("origin.test");
    std::size_t max_per_read = 65536;  ///< of the proxy: 1 feeds it byte by byte
};

/// Lets a client handshake with intercept_tls(); the layer inside says "inside" and ends. Runs until both are done.
Seen intercept(Context& context, ClientOptions const& options = {});
/// The same with terminate_tls().
Seen terminate(Context& context, ClientOptions const& options = {});

/// Gives intercept_tls() these bytes and no more; what comes back.
std::string intercept_text(Context& context, std::string const& bytes);
/// The same with terminate_tls().
std::string terminate_text(Context& context, std::string const& bytes);
/// The first message of such a client.
std::string hello_of(ClientOptions const& options);

}  // namespace pathology::proxycore::layers::test
