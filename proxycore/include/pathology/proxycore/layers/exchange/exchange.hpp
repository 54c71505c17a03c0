// One request and its answer, in the order of the hooks (P40):
//
//     requestheaders ─▶ body ─▶ request ─▶ (server) ─▶ responseheaders ─▶ body ─▶ response
//                                 │  an addon answered ──────▲                or, from any place, error
//
// HTTP/1 and HTTP/2 share it, on both sides.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

/// What an exchange leaves behind.
struct ExchangeEnd {
    /// Both messages are over, and nothing is wrong with the client's connection.
    bool is_whole = false;
    /// The server's side of a connection that now speaks something else (101, or 2xx to an extended CONNECT); the
    /// client's is had by ClientStream::take_over().
    std::unique_ptr<net::Stream> upgraded{};
};

/// Runs it. The request has its head and its target: scheme, host and port. What fails becomes the flow's error, the
/// hook `error` and, where no byte of an answer went out, an error page.
///
/// Errors: none; they are told as above. Cancel: terminal; the flow gets an error and the hook.
asio::awaitable<ExchangeEnd> exchange(Context& context, flow::HttpFlow& flow, ClientStream& client);

}  // namespace pathology::proxycore::layers
