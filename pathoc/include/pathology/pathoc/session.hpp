// The coroutine under every client: crafted messages out, replies and frames in, over one stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <pathology/language/plan.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/reply.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// How patient a session is, and how much of what is sent and received it keeps.
struct SessionSettings {
    proxycore::net::TimeLimit time_limit;  ///< of inactivity; nothing = for ever
    std::size_t body_limit = 0;            ///< decoded bytes of each reply
    std::size_t raw_limit = 0;  ///< exact bytes of each reply, of each frame's payload, and of each message sent
};

/// A message on its way.
struct Outgoing {
    language::Plan const& plan;  ///< must outlive the await
    std::uint64_t seed = 0;      ///< of its generated data
    std::string_view method;     ///< decides how the reply is framed: HEAD, CONNECT
    bool awaits_reply = true;    ///< false for frames
};

/// What became of a message that was written.
struct Written {
    std::uint64_t bytes = 0;
    bool disconnected = false;        ///< the plan closed the connection
    boost::system::error_code error;  ///< why writing stopped early; the reply may be there all the same
};

/// A conversation with a server over one connection.
///
/// Errors: failures carry the bytes of this message and of its reply.
/// Cancel: terminal; the session is of no use after it.
/// Thread: the stream's. One send and one receive may be pending at a time.
/// Owns:   the stream.
class Session {
public:
    Session(std::unique_ptr<proxycore::net::Stream> stream, SessionSettings settings);
    ~Session();
    Session(Session&&) noexcept;

    /// Plays a message.
    /// Errors: Errc::bad_spec when a file cannot be read any more. What the network does to it is in `Written`.
    boost::asio::awaitable<Result<Written>> send(Outgoing message);

    /// Reads the next final reply, and the interim ones before it.
    boost::asio::awaitable<Result<Reply>> receive();

    /// send(), then receive(). A server that answers and closes before it has read everything is heard (RFC 9112 §9.5).
    /// Errors: Errc::closed_by_spec when the plan disconnects.
    boost::asio::awaitable<Result<Reply>> exchange(Outgoing message);

    /// Reads a WebSocket frame of the server; after a 101.
    boost::asio::awaitable<Result<proxycore::record::RecordedFrame>> receive_frame();

    /// The bytes of the last message sent, at most SessionSettings::raw_limit.
    std::string const& sent() const;

    /// What has come of a reply that did not come to its end.
    std::string partial() const;

    proxycore::net::Stream& stream();
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::pathoc
