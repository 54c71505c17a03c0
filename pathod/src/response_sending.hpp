// Sending of responses over HTTP/1: to a request, or to a client that has not sent one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "daemon_context.hpp"

namespace pathology::pathod {

/// Sends one message of a response. `result` becomes the result, with the bytes of earlier messages added; `recording`
/// gets the first bytes, unless its limit is 0. All arguments must outlive the await.
boost::asio::awaitable<void> send_message(proxycore::net::Stream& stream, WorkerContext& worker,
                                          OutgoingResponse const& response, std::size_t index,
                                          language::SendResult& result, language::CapturedBytes& recording);

/// Sends all messages of a response in their order, until one fails or ends the connection. `result` is empty before.
boost::asio::awaitable<void> send_messages(proxycore::net::Stream& stream, WorkerContext& worker,
                                           OutgoingResponse const& response, language::SendResult& result,
                                           language::CapturedBytes& recording);

}  // namespace pathology::pathod
