#include "layers/exchange/refusal.hpp"

#include "layers/exchange/error_page.hpp"

namespace pathology::proxycore::layers {

asio::awaitable<void> refuse(Context& context, flow::HttpFlow& flow, ClientStream& client, Failure failure) {
    flow.error = flow::Error{failure.message, context.now()};
    set_error_status(flow, failure.status);
    auto& addons = context.services.addons;
    if (addons.wants(addons::Hook::error)) co_await addons.run(addons::hooks::error, flow);
    flow.live = false;
    auto const page = error_page(failure.status, failure.message);
    co_await client.send(page);
}

bool is_killed(flow::Flow const& flow) { return flow.error && flow.error->message == flow::killed_message; }

}  // namespace pathology::proxycore::layers
