#include "layers/mode_layer.hpp"

#include <pathology/proxycore/layers/hosts.hpp>
#include <pathology/proxycore/layers/layers.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <utility>

#include "layers/peek.hpp"
#include "layers/race_with_disconnect.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::LogLevel;
using socks5::ReplyCode;
using Stream = std::unique_ptr<net::Stream>;

/// A client that was told to use a proxy; it may speak TLS with the proxy itself (P03).
asio::awaitable<void> be_proxy(Context& context, Stream stream) {
    auto const first = co_await peek(stream, 3);
    if (first.empty()) co_return;
    if (tls::looks_like_tls(first)) stream = co_await terminate_tls(context, std::move(stream));
    if (stream) co_await serve_http1(context, std::move(stream), HttpMode::regular);
}

/// Connects where the strategy wants it as soon as the server is known, for as long as `leaving` waits; nothing when
/// there is no failure.
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

/// The one server that stands behind the proxy (P06).
asio::awaitable<void> be_server(Context& context, Stream stream, flow::ServerSpec const& server) {
    context.server->set_address(server.address);
    context.server->tls = server.scheme == "https" || server.scheme == "tls";
    if (context.server->tls) context.server->sni = server.address.host;
    // A failure is told to whoever asks for something.
    if (!context.server->tls) co_await connect_early(context, wait_for_client_loss(*stream));
    if (server.scheme == "tcp") co_return co_await relay_tcp(context, std::move(stream));
    co_await next_layer(context, std::move(stream));
}

/// A client that knows nothing of the proxy: its packets were sent here (P05).
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

asio::awaitable<void> be_socks_server(Context& context, Stream stream) {
    auto accepted = co_await tunnel::socks5_accept(std::move(stream), judge_of(context));
    if (!accepted) {
        if (accepted.error().code != tunnel::Errc::no_answer) context.log(LogLevel::warn, accepted.error().message);
        co_return;
    }
    context.server->set_address(accepted->destination);
    auto const failure = co_await connect_early(context, wait_for_client_end(*accepted->client));
    auto const code = failure ? reply_for(*failure) : ReplyCode::succeeded;
    auto const unsaid = co_await tunnel::socks5_reply(*accepted->client, code);
    if (failure || unsaid) co_return;
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
