// Feeds a reader of HTTP/1 from a stream and gives its events.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// The peer that sends, for error texts.
enum class Side { client, server };

class Http1Input {
public:
    /// Both must outlive it.
    Http1Input(net::Stream& stream, http1::Reader& reader, Side side) : stream_(stream), reader_(reader), side_(side) {}

    /// The next event; waits for bytes. std::nullopt if the peer ended its side between two messages.
    asio::awaitable<Result<std::optional<http1::Event>>> next();
    /// The result of next() if that needs no waiting; std::nullopt if it does.
    std::optional<Result<std::optional<http1::Event>>> next_now();
    /// The failure to report for a malformed message; `what` says what is wrong.
    Failure malformed(std::string_view what) const;
    /// The next piece of the body; empty if it is complete, at every further call too.
    asio::awaitable<Result<std::string_view>> read_body();
    /// The result of read_body() if that needs no waiting; std::nullopt if it does.
    std::optional<Result<std::string_view>> read_body_now();
    /// Reads once. Returns false if the stream ended or failed; next() gives the reason.
    asio::awaitable<bool> read_more();

    /// A head was read, the end of its message was not.
    bool is_inside_message() const { return is_inside_; }
    bool has_ended() const { return has_ended_; }
    /// The peer sent a malformed message; nothing after it is read.
    bool has_failed() const { return has_failed_; }

private:
    http1::Outcome next_buffered();
    std::size_t buffer_size_needed() const;
    bool lasts_until_close() const { return !reader_.is_chunked() && !reader_.content_length(); }
    Failure take_stream_failure();
    Failure truncated() const;
    Failure failure_of(http1::Failure const& failure) const;

    net::Stream& stream_;
    http1::Reader& reader_;
    Side side_;
    net::error_code stream_error_{};
    bool is_inside_ = false;
    bool has_ended_ = false;     ///< the peer's side
    bool is_truncated_ = false;  ///< has_ended_, and the peer sent no close_notify
    bool has_failed_ = false;
};

}  // namespace pathology::proxycore::layers
