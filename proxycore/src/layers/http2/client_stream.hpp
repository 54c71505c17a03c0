// The client's end of an exchange over HTTP/2: one stream.
#pragma once

#include <memory>
#include <pathology/proxycore/http2/session.hpp>

#include "layers/exchange/http_streams.hpp"
#include "layers/http2/body.hpp"

namespace pathology::proxycore::layers {

/// The connection outlives it; its body stays until the stream is closed.
class Http2ClientStream final : public ClientStream {
public:
    Http2ClientStream(std::shared_ptr<Http2Body> body, http2::Request const& request);
    ~Http2ClientStream() override;

    asio::awaitable<Result<std::string_view>> read_body() override;
    std::optional<Result<std::string_view>> read_body_now() override;
    http::Fields const& trailers() const override { return body_->received_trailers(); }
    std::optional<std::uint64_t> announced_length() const override;
    std::optional<Failure> objection_to(flow::Response const& response) const override;
    asio::awaitable<Result<void>> send_interim(http::ResponseHead const& head) override;
    asio::awaitable<Result<void>> send(flow::Response const& response) override;
    asio::awaitable<Result<void>> begin(flow::Response const& response) override;
    asio::awaitable<Result<void>> send_body(std::string_view piece) override;
    asio::awaitable<Result<void>> finish(http::Fields const* trailers) override;
    asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds grace) override;
    bool set_abort_handler(std::function<void()> then) override;
    void abort() noexcept override { body_->abort(http2::ErrorCode::cancel); }
    asio::awaitable<void> break_off(http2::ErrorCode code) override;
    std::unique_ptr<net::Stream> take_over() override;

private:
    bool has_body(unsigned status) const;
    bool is_over() const { return body_->failure() || body_->is_closed(); }
    bool opens_tunnel(unsigned status) const;
    Result<void> respond(http::ResponseHead const& head, bool has_content);

    std::shared_ptr<Http2Body> body_;
    bool is_head_, is_websocket_, is_connect_;
    std::optional<std::uint64_t> length_;
    bool has_content_ = false;  // the response
};

}  // namespace pathology::proxycore::layers
