#include <utility>

#include "layers/layers.hpp"
#include "layers/tls/client_tls.hpp"
#include "layers/tls/peek_hello.hpp"
#include "layers/tls/tls_choices.hpp"

namespace pathology::proxycore::layers {

asio::awaitable<std::unique_ptr<net::Stream>> terminate_tls(Context& context, std::unique_ptr<net::Stream> stream) {
    context.layers.push_back("tls");
    auto const hello = co_await take_client_hello(context, stream);
    if (!hello) {
        co_await give_client_up(context, hello.error());
        co_return nullptr;
    }
    record_hello(*context.client, *hello);
    auto const names = names_for_client(context.settings->tls, *context.client, *context.server);
    std::vector<std::string> alpn{"http/1.1"};
    if (context.settings->http.http2) alpn.insert(alpn.begin(), "h2");
    co_return co_await shake_hands_with_client(context, std::move(stream), names, std::move(alpn));
}

}  // namespace pathology::proxycore::layers
