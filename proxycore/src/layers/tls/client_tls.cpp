#include "layers/tls/client_tls.hpp"

#include <pathology/proxycore/tls/tls_stream.hpp>
#include <utility>

#include "layers/tls/tls_choices.hpp"
#include "layers/tls/tls_state.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;

/// The host that the client requested, for the log.
std::string goal_of(flow::Client const& client, flow::Server const& server) {
    if (client.sni) return *client.sni;
    return server.address() ? server.address()->host : std::string("this proxy");
}

/// A certificate of the store, followed by the server's own chain if the settings require it.
tls::Result<tls::Identity> identity_for(Context& context, tls::LeafNames const& names,
                                        tls::AcceptedCertificates const& accepted) {
    auto identity = context.services.tls.state().certificates->find(names, accepted);
    auto const& upstream = context.server->certificate_list;
    if (!identity || !context.settings->tls.add_upstream_certs || upstream.empty()) return identity;
    return identity->with_further(upstream);
}

asio::awaitable<void> fail(Context& context, addons::ClientTlsData& data, tls::Failure const& why) {
    auto const message = explain_client_failure(why, goal_of(data.client, data.server));
    data.client.error = message;
    context.log(addons::LogLevel::warn, message);
    if (context.services.addons.wants(Hook::tls_failed_client))
        co_await context.services.addons.run(hooks::tls_failed_client, data);
}

void record(tls::TlsStream const& stream, flow::Client& client, flow::Time now) {
    auto info = stream.info();
    client.certificate_list = std::move(info.peer_chain);
    client.alpn = std::move(info.alpn);
    client.cipher = std::move(info.cipher);
    client.cipher_list = stream.cipher_list();
    client.tls_version = std::move(info.version);
    client.timestamp_tls_setup = now;
}

}  // namespace

void record_hello(flow::Client& client, tls::ClientHello const& hello) {
    client.sni = hello.sni.empty() ? std::nullopt : std::optional(hello.sni);
    client.alpn_offers = hello.alpn;
}

asio::awaitable<std::unique_ptr<net::Stream>> shake_hands_with_client(Context& context,
                                                                      std::unique_ptr<net::Stream> stream,
                                                                      tls::LeafNames const& names,
                                                                      std::vector<std::string> alpn) {
    auto& chain = context.services.addons;
    context.client->tls = true;
    addons::ClientTlsData data{*context.client, *context.server};
    if (chain.wants(Hook::tls_start_client)) co_await chain.run(hooks::tls_start_client, data);
    // The choice is made during the handshake, since the type of the key depends on what is negotiated. The chooser
    // refers to locals of this coroutine; the engine drops it when the handshake has ended.
    auto const choose = [&](tls::IdentityQuery const& greeting) -> tls::Result<tls::Identity> {
        auto identity = data.identity ? tls::Result<tls::Identity>(*data.identity)
                                      : identity_for(context, names, greeting.accepted);
        if (identity) context.client->mitmcert = identity->certificate();
        return identity;
    };
    tls::Engine engine(data.context ? *data.context : context.services.tls.state().for_clients, choose);
    engine.set_preparer([&](tls::IdentityQuery const& greeting) -> std::function<void()> {
        if (data.identity) return nullptr;
        return context.services.tls.state().certificates->slow_work(names, greeting.accepted);
    });
    auto const set = engine.set_alpn(alpn);
    if (!set) {
        co_await fail(context, data, set.error());
        co_return nullptr;
    }
    auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(engine));
    auto const done = co_await secured->handshake(context.settings->times.connect);
    if (!done) {
        co_await fail(context, data, done.error());
        co_return nullptr;
    }
    record(*secured, *context.client, context.now());
    if (chain.wants(Hook::tls_established_client)) co_await chain.run(hooks::tls_established_client, data);
    co_return std::move(secured);
}

asio::awaitable<void> give_client_up(Context& context, tls::Failure const& why) {
    addons::ClientTlsData data{*context.client, *context.server};
    co_await fail(context, data, why);
}

}  // namespace pathology::proxycore::layers
