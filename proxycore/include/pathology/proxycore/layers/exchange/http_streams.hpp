// The two ends between which an exchange runs: a client that waits for an answer, and a server that is asked for one.
// HTTP/1 and HTTP/2 each implement both; exchange() knows nothing else of them.
//
//     client ──▶ ClientStream ──▶ ┌──────────┐ ──▶ ServerStream ──▶ server
//            ◀──              ◀── │ exchange │ ◀──              ◀──
//                                 └──────────┘
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// What both ends have: a body that comes piece by piece, and a message that goes the other way.
///
/// Back-pressure: what is not read is not taken from the peer beyond one read buffer or window; a send waits while the
///         peer takes nothing.
/// Cancel: terminal; the stream is of no use after it, except to be aborted.
/// Thread: that of the connection. One read and one send may be pending at a time.
class BodyStream {
public:
    BodyStream() = default;
    BodyStream(BodyStream const&) = delete;
    BodyStream& operator=(BodyStream const&) = delete;
    virtual ~BodyStream() = default;

    /// The next piece of the message that comes; empty = it is whole. The view lives until the next call.
    virtual asio::awaitable<Result<std::string_view>> read_body() = 0;
    /// The trailer fields of that message; complete when its body is.
    virtual http::Fields const& trailers() const = 0;
    /// The length that was announced for it; nothing = not known before its end.
    virtual std::optional<std::uint64_t> announced_length() const = 0;

    /// Sends a piece of the body of the message that goes, after its begin().
    virtual asio::awaitable<Result<void>> send_body(std::string_view piece) = 0;
    /// Ends that message. Trailers go where the framing has a place for them.
    virtual asio::awaitable<Result<void>> finish(http::Fields const* trailers) = 0;

    /// Ends it without order: nothing more is read or sent. HTTP/1 closes the connection, HTTP/2 resets the stream.
    virtual void abort() noexcept = 0;

    /// After a 101 or a 2xx to CONNECT went through here: the bytes both ways, beginning with those read too far.
    /// Nothing else may be called then.
    virtual std::unique_ptr<net::Stream> take_over() = 0;
};

/// One request, to be answered once. Its head was read; the flow has it.
class ClientStream : public BodyStream {
public:
    /// Sends an interim response (1xx but 101). Where the client's version knows none, does nothing.
    virtual asio::awaitable<Result<void>> send_interim(http::ResponseHead const& head) = 0;
    /// Sends a whole response: head, raw_content, trailers.
    virtual asio::awaitable<Result<void>> send(flow::Response const& response) = 0;
    /// Sends the head alone, at once; send_body() and finish() follow.
    virtual asio::awaitable<Result<void>> begin(flow::Response const& response) = 0;
    /// Why this response cannot be told to the client, though it is in order by itself; nothing = it can.
    virtual std::optional<Failure> objection_to(flow::Response const& /*response*/) const { return std::nullopt; }
    /// Waits until the client has left or has reset this request, and says how. For slow servers: where it costs
    /// nothing to notice, it is noticed at once, else within about a second. One that has only ended its side may want
    /// the answer all the same; it has left when `grace` is over. Cancel: throws, or returns what means nothing then.
    virtual asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds grace) = 0;
    /// Has `then` called when that wait would end, where nobody is to wait for it; at once when it would not begin.
    /// Null takes it back. False = this client cannot be told of, only waited for.
    virtual bool tell_of_abort(std::function<void()> /*then*/) { return false; }
};

/// A way to send one request and to get its answer. Destruction gives the connection back when both messages ended in
/// order and it may be used again; else it is closed, or the stream reset.
class ServerStream : public BodyStream {
public:
    /// Sends a whole request: head, raw_content, trailers.
    virtual asio::awaitable<Result<void>> send(flow::Request const& request) = 0;
    /// Sends the head alone, at once; send_body() and finish() follow.
    virtual asio::awaitable<Result<void>> begin(flow::Request const& request) = 0;
    /// The next response head: interim ones too, each once; the last one is final.
    virtual asio::awaitable<Result<http::ResponseHead>> read_head() = 0;
    /// Whether another request went over this connection before.
    virtual bool is_reused() const = 0;
};

}  // namespace pathology::proxycore::layers
