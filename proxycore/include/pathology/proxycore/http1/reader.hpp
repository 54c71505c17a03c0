// Incremental readers of HTTP/1 messages, without I/O. One for each connection and direction.
//
//             feed/commit                     next()                       next()          next()
//   bytes ───────────────────▶ buffer ──▶ head ───────▶ data … data ──────────────▶ end ──────────▶ head …
//                                          (no data when there is no body)       (trailers)   (next message)
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

enum class Event {
    head,  ///< start line and fields: see head()
    data,  ///< a piece of the body: see data()
    end,   ///< the message is complete: see trailers()
};

/// An event; std::nullopt if more bytes are needed; or a failure, which every further call repeats.
using Outcome = boost::system::result<std::optional<Event>, Failure>;

class MessageParser;  // the state machine of both readers; private

/// The common part of both readers: bytes in, events out, message after message (keep-alive, pipelining).
///
/// Views:  data() and raw() are valid until the next non-const call.
/// Memory: one buffer, reused; a warm reader does not allocate.
/// Thread: not thread-safe.
/// Source: RFC 9112. Boost.Beast parses the grammar; rules that it does not check are checked here.
class Reader {
public:
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    ~Reader();

    /// Space for at least `size` bytes to read into; commit() then takes those that arrived.
    std::span<char> prepare(std::size_t size);
    void commit(std::size_t size);
    /// Between two messages: frees memory that is not in use. Invalidates the views of the last event.
    void release();
    /// Appends a copy of `bytes`.
    void feed(std::string_view bytes);

    /// Returns the next event of the bytes so far.
    Outcome next();
    /// To be called after the peer has ended its side. Returns the remaining events of next(), then the end of a body
    /// that lasts until the connection closes, then std::nullopt: the connection ended between two messages.
    /// Errors: eof_in_head, eof_in_body inside a message.
    Outcome finish();

    /// The decoded body bytes of the last event; empty unless that was `data`.
    std::string_view data() const;
    /// The exact bytes of the last event; joined over all events they are the message.
    std::string_view raw() const;
    /// The fields after a chunked body; complete at `end`.
    http::Fields const& trailers() const;

    /// Decoded body bytes of this message so far.
    std::uint64_t body_size() const;
    /// The length that Content-Length announces, when that frames the body.
    std::optional<std::uint64_t> content_length() const;
    bool is_chunked() const;
    /// Returns true if the connection may be used for another message (RFC 9112 §9.3).
    bool keep_alive() const;
    /// Returns true if no byte of the next message has been read.
    bool is_between_messages() const;

    /// The bytes that are not parsed yet.
    std::string_view buffered() const;
    /// The first line of those bytes, without its end: after a failure inside a head, the start line as sent.
    std::string_view first_line() const;
    /// Moves those bytes out, for a connection that changes its protocol (CONNECT, Upgrade).
    std::string take_buffered();

protected:
    explicit Reader(std::unique_ptr<MessageParser> parser);
    std::unique_ptr<MessageParser> parser_;
};

/// Parses requests.
class RequestReader : public Reader {
public:
    explicit RequestReader(Limits const& limits = {}, Leniency const& leniency = {});

    /// The request of the last `head` event. After a failure inside a head, the parts of it that were read before: an
    /// empty method means that there was no valid request line.
    http::RequestHead const& head() const;
    /// Returns true if the client waits for 100 (Continue) before it sends the body (RFC 9110 §10.1.1).
    bool expects_continue() const;
};

/// Parses responses.
class ResponseReader : public Reader {
public:
    explicit ResponseReader(Limits const& limits = {}, Leniency const& leniency = {});

    /// Announces the response to a request: those to HEAD, and 2xx to CONNECT, have no body. Call it once for each
    /// request sent, in order. A response that was not announced is read as one to GET.
    void expect_response_to(std::string_view method);
    /// The response of the last `head` event; interim responses are messages of their own.
    http::ResponseHead const& head() const;
    /// Returns true for an interim response (1xx but not 101); the final one follows.
    bool is_interim() const;
};

}  // namespace pathology::proxycore::http1
