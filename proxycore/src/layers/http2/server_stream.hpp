// The server's end of an exchange over HTTP/2: one stream, which begins when the request is sent.
#pragma once

#include <memory>
#include <string>

#include "layers/exchange/http_streams.hpp"
#include "layers/http2/server_connection.hpp"

namespace pathology::proxycore::layers {

class Http2ServerStream final : public ServerStream {
public:
    explicit Http2ServerStream(std::shared_ptr<Http2Server::Connection> connection);
    ~Http2ServerStream() override;

    asio::awaitable<Result<std::string_view>> read_body() override { return pending_->body.read(); }
    std::optional<Result<std::string_view>> read_body_now() override { return pending_->body.read_now(); }
    http::Fields const& trailers() const override { return pending_->body.received_trailers(); }
    std::optional<std::uint64_t> announced_length() const override { return length_; }
    asio::awaitable<Result<void>> send_body(std::string_view piece) override { return pending_->body.send(piece); }
    asio::awaitable<Result<void>> finish(http::Fields const* trailers) override {
        return pending_->body.finish(trailers);
    }
    void abort() noexcept override { pending_->body.abort(http2::ErrorCode::cancel); }
    std::unique_ptr<net::Stream> take_over() override;

    asio::awaitable<Result<void>> send(flow::Request const& request) override;
    asio::awaitable<Result<void>> begin(flow::Request const& request) override;
    asio::awaitable<Result<http::ResponseHead>> read_head() override;
    bool is_reused() const override { return is_reused_; }

private:
    asio::awaitable<Result<void>> ask_for_websocket(flow::Request const& request);
    Result<void> submit(http2::Request const& head, bool has_content);
    Failure give_up(Failure failure);
    Failure before_response(Failure failure) const;
    http::ResponseHead take_head();

    std::shared_ptr<Http2Server::Connection> connection_;
    std::shared_ptr<Http2PendingRequest> pending_;
    bool is_reused_;
    bool is_head_ = false;
    bool has_response_begun_ = false;
    std::optional<std::string> websocket_key_;
    std::optional<std::uint64_t> length_;
};

}  // namespace pathology::proxycore::layers
