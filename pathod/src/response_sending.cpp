#include "response_sending.hpp"

#include <pathology/language/message_order.hpp>
#include <utility>

namespace pathology::pathod {

namespace asio = boost::asio;
namespace net = proxycore::net;

asio::awaitable<void> send_message(net::Stream& stream, WorkerContext& worker, OutgoingResponse const& response,
                                   std::size_t index, language::SendResult& result,
                                   language::CapturedBytes& recording) {
    auto player = worker.acquire_player();
    player->start(response.rendered_response().messages[index].plan, seed_of_item(response.seed, index));
    auto const before = result.bytes_written;
    result = co_await language::send_plan(stream, *player, recording.limit > 0 ? &recording : nullptr);
    result.bytes_written += before;
    worker.release(std::move(player));
}

asio::awaitable<void> send_messages(net::Stream& stream, WorkerContext& worker, OutgoingResponse const& response,
                                    language::SendResult& result, language::CapturedBytes& recording) {
    language::MessageOrder order;
    while (!result.failed() && !result.ending) {
        auto const next = order.next(response.rendered_response().repetitions);
        if (!next) break;
        co_await send_message(stream, worker, response, *next, result, recording);
    }
}

}  // namespace pathology::pathod
