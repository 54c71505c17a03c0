// One HTTP/1 or WebSocket connection of a client: sends crafted messages, reads responses and frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <pathology/language/plan.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/response.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// The windows that a client of HTTP/2 gives the server (RFC 9113 §6.9).
struct GivenWindows {
    std::uint32_t stream = 1U << 20U;  ///< bytes of content on each stream: SETTINGS_INITIAL_WINDOW_SIZE
    bool updates = true;               ///< WINDOW_UPDATE, at the start for the connection and as content arrives
};

/// The limits of a session.
struct SessionSettings {
    /// Idle timeout; std::nullopt: none. It also bounds a pause for ever and a hold of a plan.
    proxycore::net::TimeLimit time_limit;
    std::size_t body_limit = 0;  ///< bytes kept of each decoded content
    std::size_t raw_limit = 0;   ///< raw bytes kept of each response, each frame's payload and each sent message
    /// HTTP/2: after the server has broken a rule, reads on, and sends neither GOAWAY nor RST_STREAM because of it. The
    /// exchange fails all the same.
    bool reads_on = false;
    GivenWindows windows = {};  ///< HTTP/2
};

/// A message to be sent.
struct SendRequest {
    language::Plan const& plan;  ///< must outlive the await
    std::uint64_t seed = 0;      ///< for the Player
    std::string_view method;     ///< decides how the response is framed: HEAD, CONNECT
    bool has_response = true;    ///< false for frames
};

/// The result of sending a message.
struct SendResult {
    std::uint64_t bytes = 0;
    bool disconnected = false;        ///< the plan ended the connection
    bool half_closed = false;         ///< the plan ended this side alone: a response can be received
    boost::system::error_code error;  ///< why writing ended early; a response may have arrived all the same
    bool is_overdue = false;          ///< the time limit ended a hold, or a pause for ever; `error` is timed_out then
};

/// Why a message has no response whose hold, or pause for ever, was ended by the time limit.
/// Shape: Errc::timed_out, with the number of bytes sent.
Failure overdue_failure(SendResult const& result);

/// Why a message has no response whose spec ended the connection.
/// Shape: Errc::closed_by_spec, with the number of bytes sent.
Failure closed_by_spec(std::uint64_t bytes_sent);

/// One connection to a server.
///
/// Errors: failures carry the number of bytes sent and received for the message.
/// Cancel: terminal; afterwards the session can only be destroyed.
/// Thread: that of the stream. One send and one receive may be pending at a time.
/// Owns:   the stream.
class Session {
public:
    Session(std::unique_ptr<proxycore::net::Stream> stream, SessionSettings settings);
    ~Session();
    Session(Session&&) noexcept;

    /// Sends a message.
    /// Errors: Errc::bad_spec if a file cannot be read any more. Network errors are in the result.
    boost::asio::awaitable<Result<SendResult>> send(SendRequest message);

    /// Reads the next final response, and the interim ones before it.
    boost::asio::awaitable<Result<Response>> receive();

    /// send(), then receive(). Also returns the response of a server that responds and closes before it has read the
    /// whole request (RFC 9112 §9.5).
    /// Errors: Errc::closed_by_spec if the plan disconnects.
    boost::asio::awaitable<Result<Response>> exchange(SendRequest message);

    /// Reads a WebSocket frame; after a 101.
    boost::asio::awaitable<Result<proxycore::record::RecordedFrame>> receive_frame();

    /// The bytes of the last message sent, at most SessionSettings::raw_limit.
    std::string const& sent() const;

    /// The bytes received of an incomplete response, up to SessionSettings::raw_limit.
    std::string partial() const;

    /// Replaces the time limit of the settings.
    void set_time_limit(proxycore::net::TimeLimit limit);

    proxycore::net::Stream& stream();
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::pathoc
