#include <algorithm>
#include <cstring>
#include <utility>

#include "layers/http2/body.hpp"

namespace pathology::proxycore::layers {
namespace {

class Http2Tunnel final : public net::Stream {
public:
    Http2Tunnel(std::shared_ptr<Http2Body> body, http2::ErrorCode reset) : body_(std::move(body)), reset_(reset) {}
    ~Http2Tunnel() override { Http2Tunnel::close(net::CloseMode::fin); }

    asio::awaitable<net::ReadResult> read_some(asio::mutable_buffer into) override;
    asio::awaitable<net::error_code> write(std::span<asio::const_buffer const> all) override;
    asio::awaitable<net::error_code> wait_for_end() override;
    void close(net::CloseMode how) override;
    void set_time_limit(net::TimeLimit limit) override { body_->set_time_limit(limit); }
    Endpoint local_endpoint() const override { return body_->connection().stream().local_endpoint(); }
    Endpoint remote_endpoint() const override { return body_->connection().stream().remote_endpoint(); }
    asio::any_io_executor executor() override { return body_->connection().executor(); }

private:
    net::error_code code_of(Failure const& failure) const;

    std::shared_ptr<Http2Body> body_;
    http2::ErrorCode reset_;
    std::string_view piece_;  // read, and not handed out yet
    bool is_closed_ = false, has_sent_end_ = false;
};

net::error_code Http2Tunnel::code_of(Failure const& failure) const {
    if (is_closed_) return net::Errc::closed;
    if (failure.code == Errc::timed_out) return net::Errc::timed_out;
    return asio::error::connection_reset;
}

asio::awaitable<net::ReadResult> Http2Tunnel::read_some(asio::mutable_buffer into) {
    if (is_closed_) co_return net::ReadResult{net::Errc::closed};
    if (piece_.empty()) {
        auto const piece = co_await body_->read();
        if (piece.has_error()) co_return net::ReadResult{code_of(piece.error())};
        if (piece->empty()) co_return net::ReadResult{asio::error::eof};
        piece_ = *piece;
    }
    auto const n = std::min(into.size(), piece_.size());
    std::memcpy(into.data(), piece_.data(), n);
    piece_.remove_prefix(n);
    co_return net::ReadResult{{}, n};
}

asio::awaitable<net::error_code> Http2Tunnel::write(std::span<asio::const_buffer const> all) {
    for (auto const& buffer : all) {
        if (is_closed_ || has_sent_end_) co_return net::Errc::closed;
        auto const sent =
            co_await body_->send(std::string_view(static_cast<char const*>(buffer.data()), buffer.size()));
        if (sent.has_error()) co_return code_of(sent.error());
    }
    co_return net::error_code();
}

asio::awaitable<net::error_code> Http2Tunnel::wait_for_end() {
    while (!body_->has_received_end() && !body_->failure() && !body_->is_closed()) co_await body_->wait();
    if (body_->failure()) co_return code_of(*body_->failure());
    if (body_->has_received_end()) co_return asio::error::eof;
    co_return asio::error::connection_reset;
}

void Http2Tunnel::close(net::CloseMode how) {
    if (is_closed_) return;
    is_closed_ = net::ends_reads(how);
    if (how == net::CloseMode::reset) return body_->abort(reset_);
    if (!std::exchange(has_sent_end_, true)) body_->send_end(nullptr);
    if (is_closed_) body_->ignore_input();
}

}  // namespace

std::unique_ptr<net::Stream> make_http2_tunnel(std::shared_ptr<Http2Body> body, http2::ErrorCode reset) {
    return std::make_unique<Http2Tunnel>(std::move(body), reset);
}

}  // namespace pathology::proxycore::layers
