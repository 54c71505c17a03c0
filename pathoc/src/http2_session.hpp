// One HTTP/2 connection of the client: sends crafted messages, reads responses by stream.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <pathology/language/http2_player.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/pathoc/session.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <string>
#include <string_view>

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
/// read and write, between two frames of ours.
class Http2Session {
public:
    Http2Session(std::unique_ptr<proxycore::net::Stream> stream, SessionSettings settings, Http2Preface preface,
                 FrameWatcher watcher);

    /// Plays frames. Waits only for flow control of requests.
    boost::asio::awaitable<Result<SendResult>> send(SendRequest message, std::uint32_t stream);

    /// Sends a request and reads the response on its stream.
    boost::asio::awaitable<Result<Response>> exchange(SendRequest message, std::uint32_t stream);

    /// Reads until the server ends the connection, or sends nothing for the time limit.
    boost::asio::awaitable<boost::system::error_code> read_to_end();

    /// Returns true if further requests may get a response.
    bool is_usable() const { return responses_.accepts_requests(); }

    std::string const& sent() const { return sent_.bytes; }
    std::string partial() const { return responses_.partial(last_stream_); }

private:
    using Next = language::Http2Player::Next;

    boost::asio::awaitable<Result<SendResult>> play(SendRequest message, std::uint32_t stream);
    boost::asio::awaitable<boost::system::error_code> await_allowance(std::uint32_t stream);
    boost::asio::awaitable<boost::system::error_code> pause(std::optional<std::chrono::seconds> length);
    boost::asio::awaitable<boost::system::error_code> flush();
    boost::asio::awaitable<boost::system::error_code> write_out();
    boost::asio::awaitable<boost::system::error_code> read_more();
    boost::asio::awaitable<boost::system::error_code> keep_reading();
    boost::asio::awaitable<Result<Response>> receive(std::uint32_t stream);
    void keep(std::size_t from);
    void show(std::string_view bytes);
    Failure read_failure(boost::system::error_code ec) const;

    std::unique_ptr<proxycore::net::Stream> stream_;
    SessionSettings settings_;
    Http2Responses responses_;
    FrameWatcher watcher_;
    language::Player player_;
    language::Http2Player frames_{player_};
    language::CapturedBytes sent_;
    std::string out_;      // to be written
    std::string preface_;  // to be written before anything else
    http2::FrameScanner scanner_;
    std::string in_;
    std::uint32_t last_stream_ = 1;
    std::chrono::steady_clock::time_point head_at_;
};

}  // namespace pathology::pathoc
