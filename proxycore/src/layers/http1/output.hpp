// Writes messages of HTTP/1 to a stream, one after another.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

#include "layers/http1/framing.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Memory: the buffer of one head, kept from message to message. Only small bodies are copied.
class Http1Output {
public:
    explicit Http1Output(net::Stream& stream) : stream_(stream) {}

    /// Begins a message. Returns an empty buffer to append its head to.
    std::string& begin(Framing framing);
    /// Sends head, body and end in one write.
    asio::awaitable<net::error_code> send_all(std::string_view body, http::Fields const* trailers);
    /// Sends the head; send_piece() and finish() follow.
    asio::awaitable<net::error_code> send_head();
    asio::awaitable<net::error_code> send_piece(std::string_view piece);
    asio::awaitable<net::error_code> finish(http::Fields const* trailers);
    /// Sends bytes between two messages.
    asio::awaitable<net::error_code> send_aside(std::string_view bytes);

    /// The last message is complete and had its announced length: another one may follow.
    bool is_in_order() const { return is_in_order_; }
    /// Part of a message was sent, its end was not.
    bool is_inside_message() const { return is_inside_; }
    Framing const& framing() const { return framing_; }

private:
    asio::awaitable<net::error_code> write(std::string_view first, std::string_view second = {},
                                           std::string_view third = {});
    void end();

    net::Stream& stream_;
    std::string head_;
    Framing framing_{};
    std::uint64_t sent_ = 0;
    bool is_in_order_ = true, is_inside_ = false;
};

/// The failure of a write; its text is a sentence about `who`.
Failure send_failure(net::error_code code, std::string_view who);

}  // namespace pathology::proxycore::layers
