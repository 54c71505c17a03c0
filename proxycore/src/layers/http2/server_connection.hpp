// The inside of an Http2Server.
#pragma once

#include <exception>
#include <vector>

#include "layers/http2/body.hpp"
#include "layers/http2/server.hpp"

namespace pathology::proxycore::layers {

/// A request whose response is not complete.
struct Http2PendingRequest {
    explicit Http2PendingRequest(Http2Connection& connection) : body(connection) {}
    Http2Body body;
    std::vector<http::ResponseHead> heads{};  ///< that were not read yet: interim ones, and the final one
    std::size_t index = 0;                    ///< in the connection's list
};

/// Kept by its owner, by requests, and by the coroutine that runs it.
class Http2Server::Connection final : public Http2Connection {
public:
    Connection(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
               HttpSettings const& settings, std::function<void()> on_change);
    static void start(std::shared_ptr<Connection> const& connection);
    void forget_owner() { on_change_ = nullptr; }
    static asio::awaitable<void> close_and_join(std::shared_ptr<Connection> connection);

    Result<void> submit(http2::Request const& request, std::shared_ptr<Http2PendingRequest> pending, bool has_content);
    /// Returns whether a request was sent before.
    bool mark_used() { return std::exchange(was_used_, true); }
    static asio::awaitable<bool> wait_for_settings(std::shared_ptr<Connection> connection);
    std::size_t room() const;
    bool takes_requests() const;
    bool takes_websockets() const { return session().peer_allows_extended_connect(); }

private:
    void on_events() override;
    void on_event(http2::SessionEvent const& event);
    void on_closed(http2::SessionEvent const& event, Http2PendingRequest& pending);
    std::optional<Failure> failure_of(http2::SessionEvent const& event) const;
    void on_run_end(std::exception_ptr thrown);
    void report_change();

    std::function<void()> on_change_;
    async::Event changed_;
    std::vector<std::shared_ptr<Http2PendingRequest>> pending_;
    bool was_used_ = false, knows_settings_ = false, is_running_ = true;
    std::exception_ptr thrown_;
};

}  // namespace pathology::proxycore::layers
