// One HTTP/2 connection of the client: sends crafted messages, reads responses by stream.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/language/http2_player.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/pathoc/session.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <pathology/proxycore/http2/server_checker.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2_responses.hpp"

namespace pathology::pathoc {

/// Called with each frame: sent ones when their header is written, without payload.
using FrameWatcher = std::function<void(bool is_ours, http2::Frame const& frame)>;

/// The frames before the first message.
enum class Http2Preface {
    full,  ///< the connection preface, SETTINGS and a window
    none,  ///< nothing but the messages
};

/// Errors, Cancel, Thread: as Session. SETTINGS and PING of the server are acknowledged, and windows restored, at each
/// read and write, between two frames of ours. A server that breaks a rule of HTTP/2 gets RST_STREAM or GOAWAY, unless
/// SessionSettings::reads_on; the exchange that it concerns fails.
class Http2Session {
public:
    Http2Session(std::unique_ptr<proxycore::net::Stream> stream, SessionSettings settings, Http2Preface preface,
                 FrameWatcher watcher);

    /// Plays frames. Waits only for flow control of requests. The response to a request is left to take().
    boost::asio::awaitable<Result<SendResult>> send(SendRequest message, std::uint32_t stream);

    /// Sends a request and reads the response on its stream.
    boost::asio::awaitable<Result<Response>> exchange(SendRequest message, std::uint32_t stream);

    /// The response on a stream, or why there is none; std::nullopt while it may still arrive.
    std::optional<Result<Response>> take(std::uint32_t stream);
    /// Returns true if a request was sent on a stream whose response was not taken, and that was not reset.
    bool is_awaited(std::uint32_t stream) const { return responses_.is_awaited(stream); }

    /// Reads once, and sends the frames that follow from it. Returns the error that ends the connection: eof, the time
    /// limit, or Errc::closed after a GOAWAY of ours.
    boost::asio::awaitable<boost::system::error_code> read();

    /// Reads what the server has sent already, after the last response.
    boost::asio::awaitable<void> read_rest();

    /// Moves out the violations that were not given with the failure of an exchange.
    std::vector<http2::Violation> take_violations();

    /// Returns true if a violation ends the connection: nothing but GOAWAY is to be sent.
    bool must_leave() const { return checker_.is_broken() && !settings_.reads_on; }

    /// The failure that a read error means for a response.
    Failure read_failure(boost::system::error_code ec) const;

    /// Returns true if further requests may get a response.
    bool is_usable() const { return responses_.accepts_requests() && !must_leave(); }

    std::string const& sent() const { return sent_.bytes; }
    std::string partial() const { return partial(last_stream_); }
    std::string partial(std::uint32_t stream) const { return responses_.partial(stream); }

private:
    using Next = language::Http2Player::Next;

    boost::asio::awaitable<Result<SendResult>> play(SendRequest message, std::uint32_t stream);
    boost::asio::awaitable<boost::system::error_code> await_allowance(std::uint32_t stream);
    boost::asio::awaitable<boost::system::error_code> pause(std::optional<std::chrono::steady_clock::time_point> end);
    boost::asio::awaitable<boost::system::error_code> flush();
    boost::asio::awaitable<boost::system::error_code> write_out();
    boost::asio::awaitable<boost::system::error_code> read_more();
    boost::asio::awaitable<boost::system::error_code> keep_reading(bool ends_with_connection_error = false);
    boost::asio::awaitable<Result<Response>> receive(std::uint32_t stream);
    boost::asio::awaitable<void> send_control();
    boost::asio::awaitable<void> leave();
    boost::asio::awaitable<void> read_until_end();
    void queue_control();
    void keep(std::size_t from);
    void observe(std::string_view bytes);
    void record_sent(std::optional<http2::FrameHeader> const& header, std::string_view piece);
    bool is_pointless(std::uint32_t stream) const;
    std::vector<http2::Violation>::const_iterator violation_on(std::uint32_t stream) const;
    Failure violation_failure(std::uint32_t stream, std::optional<Result<Response>> outcome);

    std::unique_ptr<proxycore::net::Stream> stream_;
    SessionSettings settings_;
    Http2Responses responses_;
    http2::ServerChecker checker_;
    std::vector<http2::Violation> violations_;  // not given to the caller yet
    FrameWatcher watcher_;
    language::Player player_;
    language::Http2Player frames_{player_};
    language::CapturedBytes sent_;
    std::string out_;              // to be written
    std::string preface_;          // to be written before anything else
    http2::FrameScanner scanner_;  // of what is sent
    http2::FrameHeader sent_frame_;
    std::string sent_payload_;
    std::string in_;
    bool has_left_ = false;  // GOAWAY was sent, and the connection ended
    std::uint32_t last_stream_ = 1;
    std::chrono::steady_clock::time_point head_at_;
};

}  // namespace pathology::pathoc
