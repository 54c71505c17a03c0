// What one side of an HTTP/1 connection sends: bytes of a stream into a reader, events out of it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Which side that is, for messages.
enum class Side { client, server };

class Http1Input {
public:
    /// Both must outlive it.
    Http1Input(net::Stream& stream, http1::Reader& reader, Side side) : stream_(stream), reader_(reader), side_(side) {}

    /// The next event, waiting for bytes as need be; nothing = the peer ended its side between two messages.
    asio::awaitable<Result<std::optional<http1::Event>>> next();
    /// What is to be told of a message that is broken in this way.
    Failure malformed(std::string_view what) const;
    /// The next piece of the body; empty = it is whole, also when asked again.
    asio::awaitable<Result<std::string_view>> read_body();
    /// Reads once, whatever comes; false = nothing more will. The next event tells why.
    asio::awaitable<bool> read_more();

    /// A head was read, and the end of its message not yet.
    bool is_inside_message() const { return is_inside_; }
    bool has_ended() const { return has_ended_; }
    /// What came was no message, and nothing after it is read.
    bool has_failed() const { return has_failed_; }

private:
    http1::Outcome take();
    std::size_t room_needed() const;
    Failure broken();
    Failure failure_of(http1::Failure const& failure) const;

    net::Stream& stream_;
    http1::Reader& reader_;
    Side side_;
    net::error_code broken_by_{};
    bool is_inside_ = false;
    bool has_ended_ = false;  ///< the peer's side
    bool has_failed_ = false;
};

}  // namespace pathology::proxycore::layers
