// One request and its response, in the order of the hooks (P40):
//
//     requestheaders ─▶ body ─▶ request ─▶ (server) ─▶ responseheaders ─▶ body ─▶ response
//                                 │  an addon set a response ─▲               or, from any place, error
//
// HTTP/1 and HTTP/2 share it, on both sides.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/context.hpp"
#include "layers/exchange/http_streams.hpp"

namespace pathology::proxycore::layers {

/// The outcome of an exchange.
struct ExchangeEnd {
    /// Both messages are complete and the client's connection may be used again.
    bool is_whole = false;
    /// The server's stream after a switch of protocols (101, or 2xx to an extended CONNECT); nullptr otherwise. The
    /// client's is given by ClientStream::take_over().
    std::unique_ptr<net::Stream> upgraded{};
};

/// Runs one exchange. `flow.request` has its head and its destination: scheme, host and port. A failure sets the flow's
/// error, runs the hook `error` and, if no byte of a response was sent, sends an error page.
///
/// Errors: reported as above, not thrown. Cancel: terminal; the flow gets an error and the hook `error` runs.
asio::awaitable<ExchangeEnd> exchange(Context& context, flow::HttpFlow& flow, ClientStream& client);

}  // namespace pathology::proxycore::layers
