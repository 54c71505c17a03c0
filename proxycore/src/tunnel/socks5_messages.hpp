// Sends and receives SOCKS5 messages over a stream.
#pragma once

#include <optional>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/socks5/read.hpp>
#include <pathology/proxycore/tunnel/failure.hpp>
#include <string>

namespace pathology::proxycore::tunnel {

namespace asio = boost::asio;

/// The failure of a step; std::nullopt = success.
using MaybeFailure = std::optional<Failure>;

class Socks5Messages {
public:
    /// `peer` is the name of the other side in failures: "the SOCKS server".
    Socks5Messages(net::Stream& stream, std::string peer) : stream_(stream), peer_(std::move(peer)) {}

    /// Sends a message. A write error is not reported here: the peer may have sent a response before it closed, and the
    /// next read reports the end.
    asio::awaitable<void> send(std::string message) { co_await net::send(stream_, message); }

    /// Waits until `read` finds a message.
    /// Errors: Errc::not_spoken, no_response.
    template <class T> asio::awaitable<Result<T>> receive(socks5::Outcome<T> (*read)(std::string_view)) {
        for (;;) {
            auto outcome = read(unread_);
            if (!outcome) co_return malformed(outcome.error());
            if (*outcome) {
                unread_.erase(0, (*outcome)->size);
                co_return std::move((*outcome)->value);
            }
            if (auto const ec = co_await read_more())
                co_return failure(Errc::no_response, ": " + net::describe(ec), ec);
        }
    }

    Failure failure(Errc code, std::string const& what, net::error_code cause = {}) const {
        return {code, peer_ + what, cause};
    }

    /// Bytes that were read but do not belong to a received message.
    std::string const& unread() const { return unread_; }
    /// The reply code of a server for the message that was not understood.
    socks5::ReplyCode reply_hint() const { return reply_hint_; }

private:
    asio::awaitable<net::error_code> read_more();
    Failure malformed(socks5::Failure const& why);

    net::Stream& stream_;
    std::string peer_;
    std::string unread_;
    socks5::ReplyCode reply_hint_ = socks5::ReplyCode::general_failure;
};

}  // namespace pathology::proxycore::tunnel
