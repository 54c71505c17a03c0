// HTTP/1 messages out of bytes: readers that know no socket, for one connection each.
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
    head,  ///< start line and fields are read: `head()`
    data,  ///< a piece of the body is there: `data()`
    end,   ///< the message is whole: `trailers()`
};

/// An event; nothing = more bytes are needed; or what is wrong, which then stays the answer for good.
using Outcome = boost::system::result<std::optional<Event>, Failure>;

class Machine;  // the state machine under both readers, private to the library

/// What both readers do: take bytes, give events, message after message (keep-alive, pipelining).
///
/// Views:  `data()` and `raw()` live until the next call that is not const.
/// Memory: one buffer, reused; once warm a message costs no allocation.
/// Thread: one at a time.
/// Source: RFC 9112; the grammar is read by Boost.Beast's parser, what it lets through is checked here.
class Reader {
public:
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    ~Reader();

    /// Room for at least `size` bytes, to read into; then say how many came with `commit`.
    std::span<char> prepare(std::size_t size);
    void commit(std::size_t size);
    /// Between two messages: gives the memory back that is not in use. The views of the last event end here.
    void release();
    /// Takes a copy of `bytes`: `prepare`, copy, `commit`.
    void feed(std::string_view bytes);

    /// The next event out of the bytes taken so far.
    Outcome next();
    /// The peer has ended its side. First gives what `next` still has, then the end of a body that lasts until the
    /// close, then nothing: the connection ended between two messages. Inside a message: eof_in_head, eof_in_body.
    Outcome finish();

    /// The decoded body bytes of the last event, empty unless that was `data`.
    std::string_view data() const;
    /// The exact bytes of the last event. Those of all events of a message are the message.
    std::string_view raw() const;
    /// The fields after a chunked body; complete at `end`.
    http::Fields const& trailers() const;

    /// Decoded body bytes of this message so far.
    std::uint64_t body_size() const;
    /// The length that Content-Length announces, when that frames the body.
    std::optional<std::uint64_t> content_length() const;
    bool is_chunked() const;
    /// Whether the connection may carry another message after this one (RFC 9112 §9.3).
    bool keep_alive() const;
    /// Whether the connection is between two messages: nothing of the next one has been read.
    bool is_between_messages() const;

    /// The bytes taken but not yet used.
    std::string_view buffered() const;
    /// Takes those bytes out, for a connection that now speaks something else (CONNECT, Upgrade).
    std::string take_buffered();

protected:
    explicit Reader(std::unique_ptr<Machine> machine);
    std::unique_ptr<Machine> machine_;
};

/// Reads what a client sends.
class RequestReader : public Reader {
public:
    explicit RequestReader(Limits const& limits = {}, Leniency const& leniency = {});

    /// The request whose `head` came last.
    http::RequestHead const& head() const;
    /// Whether the client waits for 100 (Continue) before it sends the body (RFC 9110 §10.1.1).
    bool expects_continue() const;
};

/// Reads what a server sends.
class ResponseReader : public Reader {
public:
    explicit ResponseReader(Limits const& limits = {}, Leniency const& leniency = {});

    /// Says which request the next final response answers; replies to HEAD, and 2xx to CONNECT, have no body. Call once
    /// for each request sent, in order. A reply nobody announced is read as one to GET.
    void expect_reply_to(std::string_view method);
    /// The response whose `head` came last; 1xx replies come as messages of their own.
    http::ResponseHead const& head() const;
    /// Whether this is an interim reply (1xx but not 101), after which the final one follows.
    bool is_interim() const;
};

}  // namespace pathology::proxycore::http1
