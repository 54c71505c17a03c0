// The client's end of an exchange over HTTP/1. The next request is read after the response to the last one.
#pragma once

#include <memory>
#include <pathology/proxycore/http1/reader.hpp>

#include "layers/exchange/http_streams.hpp"
#include "layers/http1/input.hpp"
#include "layers/http1/output.hpp"
#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

class Http1ClientStream final : public ClientStream {
public:
    Http1ClientStream(std::unique_ptr<net::Stream> stream, HttpSettings const& settings);

    // --- for the conversation ---
    /// Returns true if the first bytes are the preface of HTTP/2, which stay unread; false if the client disconnects
    /// before that is decided.
    asio::awaitable<bool> begins_with_http2_preface();
    /// Reads the head of the next request. Returns false if the client disconnected before it began one.
    asio::awaitable<Result<bool>> read_head();
    http::RequestHead const& head() const { return reader_.head(); }
    /// After read_head() failed: the first line as sent, or its beginning.
    std::string_view request_line() const { return reader_.first_line().substr(0, max_request_line); }
    /// Returns true if another request may follow this one.
    bool accepts_next_request() const;
    /// Closes the connection. If the client is still sending, lingers first: an immediate close would reset the
    /// connection and could destroy the response (RFC 9112 §9.6).
    asio::awaitable<void> close();
    bool is_taken_over() const { return stream_ == nullptr; }

    // --- for the exchange ---
    asio::awaitable<Result<std::string_view>> read_body() override { return input_.read_body(); }
    std::optional<Result<std::string_view>> read_body_now() override { return input_.read_body_now(); }
    http::Fields const& trailers() const override { return reader_.trailers(); }
    std::optional<std::uint64_t> announced_length() const override;
    asio::awaitable<Result<void>> send_interim(http::ResponseHead const& head) override;
    asio::awaitable<Result<void>> send(flow::Response const& response) override;
    asio::awaitable<Result<void>> begin(flow::Response const& response) override;
    asio::awaitable<Result<void>> send_body(std::string_view piece) override;
    asio::awaitable<Result<void>> finish(http::Fields const* trailers) override;
    std::optional<Failure> objection_to(flow::Response const& response) const override;
    asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds grace) override;
    void abort() noexcept override;
    asio::awaitable<void> break_off(http2::ErrorCode code) override;
    /// After a CONNECT, skips line ends that some clients send behind its head.
    std::unique_ptr<net::Stream> take_over() override;

private:
    static constexpr std::size_t max_request_line = 8192;

    bool would_look_whole() const;
    void begin_message(flow::Response const& response, std::optional<std::uint64_t> size);
    static Result<void> sent(net::error_code ec);

    std::unique_ptr<net::Stream> stream_;
    http1::RequestReader reader_;
    Http1Input input_;
    Http1Output output_;
    bool is_guarded_;                   ///< validate_inbound_headers
    bool response_keeps_alive_ = true;  ///< the response has no `Connection: close`
};

}  // namespace pathology::proxycore::layers
