#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <utility>

#include "layers/context.hpp"
#include "layers/tls/tls_service.hpp"
#include "layers/tls/tls_state.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;

std::string where_of(flow::Server const& server) {
    return server.address() ? to_string(*server.address()) : std::string("the server");
}

std::string message_of(tls::Failure const& why, flow::Server const& server) {
    if (!why.verify_error.empty())
        return "Certificate verify failed: " + why.verify_error + " (" + where_of(server) + ")";
    std::string_view cause = why.message;
    // The text already names the handshake; the prefix of the engine would repeat it.
    if (constexpr std::string_view known = "TLS handshake failed: "; cause.starts_with(known))
        cause.remove_prefix(known.size());
    return "TLS handshake with " + where_of(server) + " failed: " + std::string(cause);
}

Failure failure_of(tls::Failure const& why, flow::Server const& server) {
    Failure result;
    result.code = why.code == net::Errc::timed_out ? Errc::timed_out : Errc::untrusted;
    result.message = message_of(why, server);
    return result;
}

/// The name that the certificate has to match.
std::string host_of(flow::Server const& server) {
    if (server.sni && !server.sni->empty()) return *server.sni;
    return server.address() ? server.address()->host : std::string();
}

/// Sessions are resumed only with the same address under the same name.
std::string session_key(flow::Server const& server, std::string const& host) { return where_of(server) + " " + host; }

/// Makes the engine with the context of an addon, else that of the settings. With a client certificate no session is
/// resumed: the certificate may have changed, and a resumed handshake does not send it.
tls::Result<tls::Engine> make_engine(TlsService::State& service, std::optional<tls::ConnectContext> const& wanted,
                                     flow::Server& server) {
    auto const host = host_of(server);
    auto const name = tls::ServerName::of(host);
    tls::Engine engine(wanted ? *wanted : service.for_servers, name);
    // Empty if the host is an address, which RFC 6066 §3 does not allow as a name.
    server.sni = name.sni;
    if (auto const set = engine.set_alpn(server.alpn_offers); !set) return set.error();
    // A context of an addon has its own client certificate, or none.
    if (wanted) return engine;
    auto const identity = service.identities.find(host);
    if (!identity) return identity.error();
    if (*identity) {
        if (auto const set = engine.set_identity(**identity); !set) return set.error();
    } else if (service.sessions) {
        engine.resume(service.sessions, session_key(server, host));
    }
    return engine;
}

void record(tls::TlsStream const& stream, flow::Server& server, flow::Time now) {
    auto info = stream.info();
    server.certificate_list = std::move(info.peer_chain);
    server.alpn = std::move(info.alpn);
    server.cipher = std::move(info.cipher);
    server.cipher_list = stream.cipher_list();
    server.tls_version = std::move(info.version);
    server.timestamp_tls_setup = now;
}

asio::awaitable<Failure> fail(Context& context, addons::ServerTlsData& data, tls::Failure const& why) {
    auto failure = failure_of(why, data.server);
    data.server.error = failure.message;
    context.log(addons::LogLevel::warn, failure.message);
    if (context.services.addons.wants(Hook::tls_failed_server))
        co_await context.services.addons.run(hooks::tls_failed_server, data);
    co_return failure;
}

/// Reports a handshake that was cancelled.
asio::awaitable<void> give_up(Context& context, addons::ServerTlsData& data) {
    tls::Failure why;
    why.code = asio::error::operation_aborted;
    why.message = "it was cancelled";
    co_await fail(context, data, why);
}

/// Throws operation_aborted if it was cancelled, which the stream returns as one failure among others.
asio::awaitable<tls::Result<void>> handshake(tls::TlsStream& stream, net::TimeLimit limit) {
    auto done = co_await stream.handshake(limit);
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    co_return done;
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<net::Stream>>> secure_server(Context& context, flow::Server& server,
                                                                    std::unique_ptr<net::Stream> stream,
                                                                    std::vector<std::string> alpn) {
    auto& chain = context.services.addons;
    server.tls = true;
    server.alpn_offers = std::move(alpn);
    addons::ServerTlsData data{*context.client, server};
    if (chain.wants(Hook::tls_start_server)) co_await chain.run(hooks::tls_start_server, data);
    auto engine = make_engine(context.services.tls.state(), data.context, server);
    if (!engine) {
        auto failure = co_await fail(context, data, engine.error());
        co_return failure;
    }
    auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(*engine));
    auto const stop = [&context, &data] { return give_up(context, data); };
    // A cancelled attempt is reported by the hook tls_failed_server too; addons get one end for each start.
    auto shaking = handshake(*secured, context.settings->times.connect);
    auto const done = co_await async::on_failure(std::move(shaking), stop, context.settings->times.stop);
    if (!done) {
        auto failure = co_await fail(context, data, done.error());
        co_return failure;
    }
    record(*secured, server, context.now());
    if (chain.wants(Hook::tls_established_server)) co_await chain.run(hooks::tls_established_server, data);
    co_return std::unique_ptr<net::Stream>(std::move(secured));
}

}  // namespace pathology::proxycore::layers
