// An HTTP/1 connection to a server: one request at a time, no pipelining.
#pragma once

#include <functional>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/exchange/http_streams.hpp"
#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

/// The form of the request target on a connection, except for CONNECT (RFC 9112 §3.2).
enum class RequestForm {
    origin,    ///< to the server itself: `GET /path`
    absolute,  ///< to a proxy that forwards it: `GET http://host:port/path` (P07)
    as_it_is,  ///< that of the flow: absolute if it has an authority (P06)
};

/// The connection and its read buffer. The pool owns it; a ServerStream holds it for one request.
///
/// Memory: one read buffer, kept from request to request, freed while it is idle.
class Http1Server {
public:
    Http1Server(std::unique_ptr<net::Stream> stream, HttpSettings const& settings, RequestForm form);
    ~Http1Server();
    Http1Server(Http1Server const&) = delete;
    Http1Server& operator=(Http1Server const&) = delete;

    /// Returns true if another request may be sent: both messages of the last one are complete, neither side asked to
    /// close, and the server sent nothing unasked.
    bool is_reusable() const;
    /// Frees the read buffer while the connection is idle.
    void free_read_buffer();
    /// For wait_for_end() and close() while it is idle.
    net::Stream& stream();

    struct State;
    State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

/// Receives the connection when the ServerStream of its request is destroyed; nullptr if the stream was taken over.
/// is_reusable() is final then; a connection that is not reusable is to be closed. Must not throw.
using OnRelease = std::function<void(std::unique_ptr<Http1Server>)>;

/// Returns a stream that sends one request over the connection.
///
/// Errors: closed with Repeat::if_idempotent when the connection was used before and ended before a byte of the
///         response; malformed names the byte; timed_out by the stream's own limit.
std::unique_ptr<ServerStream> make_http1_stream(std::unique_ptr<Http1Server> connection, OnRelease on_release);

}  // namespace pathology::proxycore::layers
