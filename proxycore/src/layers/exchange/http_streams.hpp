// The two ends of an exchange: the client that sent the request, and the server that responds. HTTP/1 and HTTP/2 each
// implement both; exchange() uses these interfaces only.
//
//     client ──▶ ClientStream ──▶ ┌──────────┐ ──▶ ServerStream ──▶ server
//            ◀──              ◀── │ exchange │ ◀──              ◀──
//                                 └──────────┘
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string_view>
#include <utility>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// What both ends have in common: the body of a received message, and a message to send.
///
/// Back-pressure: a body that is not read stays with the peer, beyond one read buffer or window; a send waits until the
///         peer reads.
/// Cancel: terminal; afterwards only abort() may be called.
/// Thread: the connection's. One read and one send may be pending at a time.
class BodyStream {
public:
    BodyStream() = default;
    BodyStream(BodyStream const&) = delete;
    BodyStream& operator=(BodyStream const&) = delete;
    virtual ~BodyStream() = default;

    /// The next piece of the received body; empty if the body is complete. The view is valid until the next call.
    virtual asio::awaitable<Result<std::string_view>> read_body() = 0;
    /// The result of read_body() if that needs no waiting; std::nullopt if it does, and nothing was read then.
    virtual std::optional<Result<std::string_view>> read_body_now() { return std::nullopt; }
    /// The trailer fields of the received message; valid once its body is complete.
    virtual http::Fields const& trailers() const = 0;
    /// The announced length of the received body; std::nullopt if it is unknown before its end.
    virtual std::optional<std::uint64_t> announced_length() const = 0;

    /// Sends a piece of the body, after begin().
    virtual asio::awaitable<Result<void>> send_body(std::string_view piece) = 0;
    /// Ends the message that is sent. Trailers are sent if the framing allows them.
    virtual asio::awaitable<Result<void>> finish(http::Fields const* trailers) = 0;

    /// Stops reading and sending at once: HTTP/1 closes the connection, HTTP/2 resets the stream.
    virtual void abort() noexcept = 0;

    /// After a 101 or a 2xx to CONNECT: the byte stream, beginning with bytes already read. No other member may be
    /// called afterwards.
    virtual std::unique_ptr<net::Stream> take_over() = 0;
};

/// The client's end of one request, whose head was read into the flow.
class ClientStream : public BodyStream {
public:
    /// Sends an interim response (1xx, not 101). Does nothing if the client's version does not have them.
    virtual asio::awaitable<Result<void>> send_interim(http::ResponseHead const& head) = 0;
    /// Sends a complete response: head, raw_content, trailers.
    virtual asio::awaitable<Result<void>> send(flow::Response const& response) = 0;
    /// Sends the head immediately; send_body() and finish() follow.
    virtual asio::awaitable<Result<void>> begin(flow::Response const& response) = 0;
    /// The reason why a valid response cannot be sent to this client; std::nullopt if it can.
    virtual std::optional<Failure> objection_to(flow::Response const& /*response*/) const { return std::nullopt; }
    /// Waits until the client disconnects or resets the request, and returns how. HTTP/2 notices at once, HTTP/1 within
    /// about a second. A client that only ended its sending side may still read the response; it counts as disconnected
    /// after `grace`. Cancel: throws, or returns a value to be ignored.
    virtual asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds grace) = 0;
    /// Registers `then` to be called when the client aborts the request; calls it at once if it already has. A null
    /// function unregisters. Returns false if only wait_for_abort() is supported.
    virtual bool set_abort_handler(std::function<void()> /*then*/) { return false; }
    /// Ends a response that cannot be completed, so that it does not look complete: HTTP/1 closes the connection, HTTP/2
    /// resets the stream with `code`, the server's own where it gave one (RFC 9113 §7). What was sent is delivered first,
    /// as far as the client reads.
    virtual asio::awaitable<void> break_off(http2::ErrorCode /*code*/) {
        abort();
        co_return;
    }
};

/// The server's end of one exchange. Its destructor releases the connection to the pool if both messages are complete
/// and it may be used again; otherwise it closes the connection or resets the stream.
class ServerStream : public BodyStream {
public:
    /// Sends a complete request: head, raw_content, trailers.
    virtual asio::awaitable<Result<void>> send(flow::Request const& request) = 0;
    /// Sends the head immediately; send_body() and finish() follow.
    virtual asio::awaitable<Result<void>> begin(flow::Request const& request) = 0;
    /// The next response head: each interim one, then the final one.
    virtual asio::awaitable<Result<http::ResponseHead>> read_head() = 0;
    /// Returns true if another request used this connection before.
    virtual bool is_reused() const = 0;

    /// Keeps `lease` until the stream is destroyed.
    void hold(std::shared_ptr<void> lease) { lease_ = std::move(lease); }

private:
    std::shared_ptr<void> lease_;
};

}  // namespace pathology::proxycore::layers
