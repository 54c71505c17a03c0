#include <utility>

#include "layers/client_life.hpp"
#include "layers/layers.hpp"
#include "layers/mode_layer.hpp"

namespace pathology::proxycore::layers {

asio::awaitable<void> serve_client(Context& context, std::unique_ptr<net::Stream> stream,
                                   std::optional<Endpoint> original) {
    stream->set_time_limit(context.settings->times.idle);
    auto conversation = run_mode(context, std::move(stream), std::move(original));
    co_await live_as_client(context, std::move(conversation));
}

}  // namespace pathology::proxycore::layers
