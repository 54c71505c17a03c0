// TLS between a client and its server, with this proxy in the middle:
//
//     client                    proxy                     server
//       │ ClientHello ───────────▶│                          │
//       │                         │ ClientHello ────────────▶│   if the response depends on the server (P22)
//       │                         │◀──────────── certificate │
//       │◀──────────── certificate│  for the same names      │
//       │ the inner layer, chosen by next_layer              │
//
// The ClientHello is read before any handshake, so addons can see it, and the server's certificate and protocol can be
// known before the proxy has to send its own.
#include <utility>

#include "layers/layers.hpp"
#include "layers/race_with_disconnect.hpp"
#include "layers/tls/client_tls.hpp"
#include "layers/tls/peek_hello.hpp"
#include "layers/tls/tls_choices.hpp"
#include "layers/tls/tls_service.hpp"
#include "layers/tls/tls_state.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;

constexpr std::string_view layer_name = "tls";

/// A client that uses TLS in a tunnel expects its server to use TLS. In reverse mode the mode decides that.
void prepare_server(Context& context) {
    auto& server = *context.server;
    if (modes::traits_of(context.mode).fixed_server == nullptr) server.tls = server.address().has_value();
}

/// TLS inside TLS: the inner handshake uses the server connection that the outer layer has encrypted, so that
/// connection is taken out of the pool, wrapped, and put back.
asio::awaitable<Result<void>> secure_inside(Context& context, std::vector<std::string> alpn) {
    auto taken = co_await context.servers->acquire_stream(context.server);
    if (!taken) co_return taken.error();
    auto secured = co_await secure_server(context, *context.server, std::move(taken->stream), std::move(alpn));
    if (secured) {
        taken->stream = std::move(*secured);
        context.servers->release(std::move(*taken));
        co_return Result<void>();
    }
    auto closed = context.servers->close(std::move(*taken));
    co_await std::move(closed);
    co_return secured.error();
}

/// A failure is stored in the server's record. The handshake with the client goes on, and its requests get the error as
/// a response.
asio::awaitable<void> secure_server_first(Context& context, bool is_inside) {
    auto& server = context.server;
    auto alpn = offers_for_server(*context.client, context.settings->http.http2);
    auto securing =
        is_inside ? secure_inside(context, std::move(alpn)) : context.servers->open(server, std::move(alpn));
    auto const secured = co_await std::move(securing);
    if (!secured && !server->error) server->error = secured.error().message;
}

}  // namespace

asio::awaitable<void> intercept_tls(Context& context, std::unique_ptr<net::Stream> stream) {
    bool const is_inside = !context.layers.empty() && context.layers.back() == layer_name;
    context.layers.push_back(layer_name);
    auto const hello = co_await take_client_hello(context, stream);
    if (!hello) co_return co_await give_client_up(context, hello.error());
    record_hello(*context.client, *hello);

    auto& chain = context.services.addons;
    addons::ClientHelloData data{*context.client, *context.server, *hello};
    if (chain.wants(Hook::tls_clienthello)) co_await chain.run(hooks::tls_clienthello, data);
    if (data.ignore_connection) co_return co_await relay_ignored(context, std::move(stream));

    auto const& settings = *context.settings;
    prepare_server(context);
    if (is_inside) context.server->sni.reset();  // it belonged to the outer TLS
    context.server->sni = sni_for_server(context.mode, *context.client, *context.server);
    bool const is_first = data.establish_server_tls_first && context.server->tls;
    if (is_first || is_inside || needs_server_first(settings, *context.client, *context.server)) {
        auto leaving = wait_for_client_end(*stream);
        auto const left = co_await race_with_disconnect(secure_server_first(context, is_inside), std::move(leaving));
        if (left) co_return context.log(addons::LogLevel::info, left->message);
    }

    auto const names =
        names_for_client(settings.tls, *context.client, *context.server, context.services.tls.state().revocation_path);
    auto alpn = choices_for_client(*context.client, *context.server, settings.http.http2);
    auto inside = co_await shake_hands_with_client(context, std::move(stream), names, std::move(alpn));
    if (inside) co_await next_layer(context, std::move(inside));
}

}  // namespace pathology::proxycore::layers
