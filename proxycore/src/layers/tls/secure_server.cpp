#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cstdint>
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

/// What to look at after a failed handshake with a server.
struct Hint {
    std::uint8_t alert = 0;        ///< that the server sent
    std::string_view reason = {};  ///< of OpenSSL, instead of an alert
    std::string_view text;
};
constexpr std::string_view for_versions =
    "; the versions that may be used are set by tls_version_server_min and tls_version_server_max";
constexpr std::string_view for_ciphers =
    "; the ciphers that may be used are set by ciphers_server, and older ones need the security level of "
    "DEFAULT:@SECLEVEL=0";
constexpr std::string_view for_identities = "; the certificates for servers are set by client_certs";
// Alerts (RFC 8446 §6.2). A reason of OpenSSL says more than the alert that it led to, so it comes first.
constexpr Hint hints[] = {
    {.reason = "unsafe legacy renegotiation disabled",
     .text = "; ssl_insecure (-k) permits servers without secure renegotiation (RFC 5746)"},
    {.reason = "unsupported protocol", .text = for_versions},
    {.reason = "no protocols available", .text = for_versions},
    {.reason = "no ciphers available", .text = for_ciphers},
    {.reason = "dh key too small", .text = for_ciphers},
    {.reason = "wrong cipher returned", .text = for_ciphers},
    {.reason = "wrong signature type", .text = for_ciphers},
    {.reason = "legacy sigalg disallowed or unsupported", .text = for_ciphers},
    {.alert = 40, .text = "; see ciphers_server, tls_version_server_min and client_certs"},  // handshake_failure
    {.alert = 70, .text = for_versions},                                                     // protocol_version
    {.alert = 71, .text = for_ciphers},                                                      // insufficient_security
    {.alert = 42, .text = for_identities},                                                   // bad_certificate
    {.alert = 43, .text = for_identities},                                                   // unsupported_certificate
    {.alert = 44, .text = for_identities},                                                   // certificate_revoked
    {.alert = 45, .text = for_identities},                                                   // certificate_expired
    {.alert = 46, .text = for_identities},                                                   // certificate_unknown
    {.alert = 48, .text = for_identities},                                                   // unknown_ca
    {.alert = 49, .text = for_identities},                                                   // access_denied
    {.alert = 116, .text = for_identities},                                                  // certificate_required
};

std::string_view hint_for(tls::Failure const& why) {
    auto const alert = why.alert ? why.alert->code : std::uint8_t{0};
    bool const is_sent = why.alert && why.alert->side == tls::Alert::Side::sent_by_peer;
    for (auto const& hint : hints) {
        if (!hint.reason.empty() && hint.reason == why.reason) return hint.text;
        if (hint.reason.empty() && is_sent && hint.alert == alert) return hint.text;
    }
    return {};
}

std::string message_of(tls::Failure const& why, flow::Server const& server) {
    if (!why.verify_error.empty())
        return "Certificate verify failed: " + why.verify_error + " (" + where_of(server) + ")";
    std::string_view cause = why.message;
    // The text already names the handshake; the prefix of the engine would repeat it.
    if (constexpr std::string_view known = "TLS handshake failed: "; cause.starts_with(known))
        cause.remove_prefix(known.size());
    return ("TLS handshake with " + where_of(server) + " failed: ").append(cause).append(hint_for(why));
}

Failure failure_of(tls::Failure const& why, flow::Server const& server) {
    Failure result;
    bool const is_late = why.code == net::Errc::timed_out;
    result.code = is_late ? Errc::timed_out : Errc::untrusted;
    if (is_late) result.status = 504;  // RFC 9110 §15.6.5
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
    if (!identity) {
        auto why = identity.error();
        why.message.insert(0, "client_certs: ");
        return why;
    }
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
