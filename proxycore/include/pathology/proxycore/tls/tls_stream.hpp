// TLS over any Stream, also over another TlsStream.
#pragma once

#include <memory>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/engine.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::tls {

/// A Stream that sends its bytes encrypted over another one.
///
/// It conforms to net::Stream:
///         eof      the peer sent close_notify. If the connection ends without it, Errc::truncated.
///         close    fin and half_close send close_notify, then close the stream underneath in the same way; truncate
///                  and reset send nothing. The alert is sent only if that is possible without waiting.
///         read     also sends what TLS itself has to respond with, such as the alert no_renegotiation (RFC 5246
///                  §7.2.2). The peer gets it without a write of ours.
///         limits   are those of the stream underneath: ciphertext counts as progress.
/// Errors: a tls::Errc, or the code of the stream underneath; failure() has the details. After a failed or cancelled
///         write every further one fails: a part of a record may have been sent.
/// Owns:   the stream underneath.
class TlsStream final : public net::Stream {
public:
    TlsStream(std::unique_ptr<net::Stream> next, Engine engine);
    ~TlsStream() override;

    /// Runs the handshake; before it, reading and writing fail. `limit` is for the whole handshake.
    /// Errors: Errc or the code of the stream underneath; net::Errc::timed_out. The stream can only be closed
    ///         then.
    asio::awaitable<Result<void>> handshake(net::TimeLimit limit);

    asio::awaitable<net::ReadResult> read_some(asio::mutable_buffer into) override;
    asio::awaitable<net::error_code> write(std::span<asio::const_buffer const> all) override;
    std::size_t write_now(asio::const_buffer bytes) override;
    bool has_unsent() const override { return engine_.outgoing().size() > 0 || next_->has_unsent(); }
    asio::awaitable<net::error_code> wait_for_end() override { return next_->wait_for_end(); }
    asio::awaitable<net::error_code> wait_for_input() override { return next_->wait_for_input(); }
    void close(net::CloseMode how) override;
    bool shows_truncation() const override { return true; }
    std::size_t unacknowledged() override { return next_->unacknowledged(); }
    void set_time_limit(net::TimeLimit limit) override { next_->set_time_limit(limit); }
    Endpoint local_endpoint() const override { return next_->local_endpoint(); }
    Endpoint remote_endpoint() const override { return next_->remote_endpoint(); }
    asio::any_io_executor executor() override { return next_->executor(); }

    /// The negotiated properties. Known after the handshake.
    ConnectionInfo info() const { return engine_.info(); }
    /// The selected protocol; empty if there is none.
    std::string_view alpn() const noexcept { return engine_.alpn(); }
    /// The ciphers that the client side offered.
    std::vector<std::string> cipher_list() const { return engine_.cipher_list(); }
    /// What ended the connection; std::nullopt if there was no failure.
    std::optional<Failure> const& failure() const noexcept { return engine_.failure(); }

private:
    asio::awaitable<net::error_code> shake_hands();
    asio::awaitable<net::error_code> flush();
    asio::awaitable<net::error_code> fill();
    asio::awaitable<void> send_reply();
    asio::awaitable<net::error_code> wait_for_flush();
    bool push();
    net::error_code error() const;
    Failure handshake_failure(net::error_code ec) const;

    std::unique_ptr<net::Stream> next_;
    Engine engine_;
    net::error_code write_error_;  // set: every further write fails with it
    async::Event write_ended_;     // is_writing_ was reset
    bool is_writing_ = false, is_closed_ = false;
    bool has_reply_ = false;  // outgoing() begins with records that a read has produced
};

}  // namespace pathology::proxycore::tls
