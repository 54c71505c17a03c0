// The first layer of each mode: finds out where the connection leads to, connects early if the strategy is eager, and
// calls the next layer.
//
//     regular, upstream   [TLS with the proxy] ─▶ HTTP; each request names its server (P03, P07)
//     reverse             server = the one of the mode ─▶ next_layer, or TCP (P06)
//     transparent         server = original destination of the kernel ─▶ next_layer (P05)
//     socks5              negotiation ─▶ server = its CONNECT request ─▶ next_layer (P08)

#include "layers/mode_layer.hpp"

#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <utility>

#include "layers/hosts.hpp"
#include "layers/layers.hpp"
#include "layers/peek.hpp"
#include "layers/race_with_disconnect.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::LogLevel;
using socks5::ReplyCode;
using Stream = std::unique_ptr<net::Stream>;

/// A client with a configured proxy. It may use TLS for the connection to the proxy itself (P03).
asio::awaitable<void> be_proxy(Context& context, Stream stream) {
    auto const first = co_await peek(stream, 3);
    if (first.empty()) co_return;
    // A TLS record of any type is no request; the client gets an alert for one that is no ClientHello.
    bool const is_tls = tls::looks_like_tls(first) || tls::looks_like_tls_record(first);
    if (is_tls) stream = co_await terminate_tls(context, std::move(stream));
    if (stream) co_await serve_http1(context, std::move(stream), HttpMode::regular);
}

/// Connects to the server if the strategy is eager. Stops when `leaving` ends first, with its failure. Returns
/// std::nullopt if the connection is open, or is not wanted yet.
asio::awaitable<std::optional<Failure>> connect_early(Context& context, asio::awaitable<Failure> leaving) {
    auto const& settings = *context.settings;
    bool const is_wanted =
        settings.strategy == ConnectionStrategy::eager && !is_own_site(settings.hosts, *context.server);
    if (!is_wanted) co_return std::nullopt;
    std::vector<std::string> alpn;
    std::optional<Failure> left;
    auto opening = context.servers->open(context.server, std::move(alpn));
    auto const opened = co_await race_with_disconnect(std::move(opening), std::move(leaving), left);
    if (left) co_return left;
    if (*opened) co_return std::nullopt;
    co_return opened->error();
}

/// The fixed server of reverse mode (P06).
asio::awaitable<void> be_server(Context& context, Stream stream, flow::ServerSpec const& server) {
    context.server->set_address(server.address);
    context.server->tls = server.scheme == "https" || server.scheme == "tls";
    if (context.server->tls) context.server->sni = server.address.host;
    // A failure is not reported here: the connection is tried again for each request, and the request gets the
    // response. With TLS the ClientHello of the client is needed first, for SNI and ALPN.
    if (!context.server->tls) co_await connect_early(context, wait_for_client_loss(*stream));
    if (server.scheme == "tcp") co_return co_await relay_tcp(context, std::move(stream));
    co_await next_layer(context, std::move(stream));
}

/// A client without a configured proxy: the firewall redirected its connection (P05). A client that connects to our
/// listener itself has our own address as destination; to connect there would be a loop.
asio::awaitable<void> be_transparent(Context& context, Stream stream, std::optional<Endpoint> original) {
    auto const& is_ourselves = context.services.is_ourselves;
    if (!original || (is_ourselves && is_ourselves(*original))) {
        constexpr std::string_view why =
            "Transparent mode failure: the connection was made to the proxy itself; it has to be sent here by a rule "
            "of the firewall";
        co_return context.log(LogLevel::warn, why);
    }
    context.client->sockname = original;
    context.server->set_address(std::move(original));
    co_await connect_early(context, wait_for_client_loss(*stream));
    co_await next_layer(context, std::move(stream));
}

// --- SOCKS5 (P08) ----------------------------------------------------------------------------------------------------

ReplyCode reply_for(Failure const& failure) {
    bool const is_refused = failure.message.find("refused") != std::string::npos;
    return is_refused ? ReplyCode::connection_refused : ReplyCode::host_unreachable;
}

asio::awaitable<bool> ask_addons(Context& context, tunnel::Credentials const& credentials) {
    addons::Socks5AuthData data{*context.client, credentials.user, credentials.password};
    co_await context.services.addons.run(addons::hooks::socks5_auth, data);
    co_return data.valid;
}

tunnel::Socks5Judge judge_of(Context& context) {
    if (!context.settings->asks_socks_users) return {};
    return [&context](tunnel::Credentials const& credentials) { return ask_addons(context, credentials); };
}

// The reply of SOCKS5 reports whether the server was reached (RFC 1928 §6). With the lazy strategy it is `succeeded`
// before any connection exists; a later failure is reported by the layer inside.
asio::awaitable<void> be_socks_server(Context& context, Stream stream) {
    auto accepted = co_await tunnel::socks5_accept(std::move(stream), judge_of(context));
    if (!accepted) {
        if (accepted.error().code != tunnel::Errc::no_response) context.log(LogLevel::warn, accepted.error().message);
        co_return;
    }
    context.server->set_address(accepted->destination);
    auto const failure = co_await connect_early(context, wait_for_client_end(*accepted->client));
    auto const code = failure ? reply_for(*failure) : ReplyCode::succeeded;
    auto const unsent = co_await tunnel::socks5_reply(*accepted->client, code);
    if (failure || unsent) co_return;
    co_await next_layer(context, std::move(accepted->client));
}

}  // namespace

asio::awaitable<void> run_mode(Context& context, Stream stream, std::optional<Endpoint> original) {
    using modes::FirstLayer;
    context.layers.push_back(modes::name_of(context.mode));
    auto const mode = modes::traits_of(context.mode);
    switch (mode.first_layer) {
        case FirstLayer::http_proxy: return be_proxy(context, std::move(stream));
        case FirstLayer::socks5: return be_socks_server(context, std::move(stream));
        case FirstLayer::transparent: return be_transparent(context, std::move(stream), std::move(original));
        case FirstLayer::reverse: break;
    }
    return be_server(context, std::move(stream), *mode.fixed_server);
}

}  // namespace pathology::proxycore::layers
