// An HTTP/1 connection to a server, as exchange() uses it: one request after the other, none ahead.
#pragma once

#include <functional>
#include <memory>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

/// The form in which requests go out over a connection, CONNECT apart (RFC 9112 §3.2).
enum class RequestForm {
    origin,    ///< to the server itself: `GET /path`
    absolute,  ///< to a proxy that forwards it: `GET http://host:port/path` (P07)
    as_it_is,  ///< as the flow has it: absolute when it has an authority (P06)
};

/// The connection and what was read of it. Belongs to whoever keeps connections; lent out for each request.
///
/// Memory: one read buffer, kept from request to request, though not while it rests.
class Http1Server {
public:
    Http1Server(std::unique_ptr<net::Stream> stream, HttpSettings const& settings, RequestForm form);
    ~Http1Server();
    Http1Server(Http1Server const&) = delete;
    Http1Server& operator=(Http1Server const&) = delete;

    /// Whether another request may go over it: both messages of the last one ended in order, the server did not speak
    /// of closing, and nothing came unasked.
    bool is_reusable() const;
    /// Nobody has asked for a while, and may not for a long time.
    void rest();
    /// For wait_for_end() and close() while it is idle.
    net::Stream& stream();

    struct State;
    State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

/// Given the connection back when the request is over and its ServerStream goes; null when it was taken over. Whether
/// it is_reusable() stands fast then; one that is not is to be closed. Must not throw.
using GiveBack = std::function<void(std::unique_ptr<Http1Server>)>;

/// A way to send one request over the connection.
///
/// Errors: closed with is_retryable when the connection was used before and ended before a byte of the answer;
///         malformed names the byte; timed_out by the stream's own limit.
std::unique_ptr<ServerStream> ask_http1(std::unique_ptr<Http1Server> connection, GiveBack give_back);

}  // namespace pathology::proxycore::layers
