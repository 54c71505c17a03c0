// TLS over any Stream, also over another TlsStream.
#pragma once

#include <memory>
#include <optional>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/engine.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::tls {

/// A Stream whose bytes travel encrypted over another one.
///
/// It keeps every promise of net::Stream. In TLS's words:
///         eof      the peer said close_notify. A connection that ends without it gives Errc::truncated.
///         close    fin and half_close say close_notify, then do the same to the stream underneath; reset says
///                  nothing. The alert is sent when that can be done without waiting, which it nearly always can.
///         limits   are those of the stream underneath: a byte moves when a byte of ciphertext does.
/// Errors: a tls::Errc, or the code of the stream underneath; failure() has the details. After a failed or cancelled
///         write every further one fails, as the peer could no longer make sense of it.
/// Owns:   the stream underneath.
class TlsStream final : public net::Stream {
public:
    TlsStream(std::unique_ptr<net::Stream> next, Engine engine);
    ~TlsStream() override;

    /// Makes the connection ready for reading and writing; before that both fail. `limit` is for all of it.
    /// Errors: Errc or the code of the stream underneath; net::Errc::timed_out. The stream is of no use after it,
    ///         except to be closed.
    asio::awaitable<Result<void>> handshake(net::TimeLimit limit);

    asio::awaitable<net::ReadResult> read_some(asio::mutable_buffer into) override;
    asio::awaitable<net::error_code> write(std::span<asio::const_buffer const> all) override;
    std::size_t write_now(asio::const_buffer bytes) override;
    asio::awaitable<net::error_code> wait_for_end() override { return next_->wait_for_end(); }
    asio::awaitable<net::error_code> wait_for_input() override { return next_->wait_for_input(); }
    void close(net::CloseMode how) override;
    void set_time_limit(net::TimeLimit limit) override { next_->set_time_limit(limit); }
    Endpoint local_endpoint() const override { return next_->local_endpoint(); }
    Endpoint remote_endpoint() const override { return next_->remote_endpoint(); }
    asio::any_io_executor executor() override { return next_->executor(); }

    /// What was agreed on; once the handshake is done.
    ConnectionInfo info() const { return engine_.info(); }
    /// The protocol agreed on; empty without.
    std::string_view alpn() const noexcept { return engine_.alpn(); }
    /// The ciphers that the client side offered.
    std::vector<std::string> cipher_list() const { return engine_.cipher_list(); }
    /// What ended the connection; nothing while it is well.
    std::optional<Failure> const& failure() const noexcept { return engine_.failure(); }

private:
    asio::awaitable<net::error_code> shake_hands();
    asio::awaitable<net::error_code> flush();
    asio::awaitable<net::error_code> fill();
    asio::awaitable<void> send_alert();
    bool push();
    net::error_code error() const;
    Failure handshake_failure(net::error_code ec) const;

    std::unique_ptr<net::Stream> next_;
    Engine engine_;
    net::error_code write_error_;  // why nothing can be written any more
    bool is_writing_ = false, is_closed_ = false;
};

}  // namespace pathology::proxycore::tls
