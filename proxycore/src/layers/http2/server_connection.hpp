// The inside of an Http2Server.
#pragma once

#include <deque>
#include <exception>
#include <map>
#include <pathology/proxycore/layers/http2/server.hpp>

#include "layers/http2/body.hpp"

namespace pathology::proxycore::layers {

/// A request under way: what came of its answer, and what goes.
struct Http2Asked {
    explicit Http2Asked(Http2Wire& wire) : body(wire) {}
    Http2Body body;
    std::deque<http::ResponseHead> heads{};  ///< that nobody has read: interim ones, and the final one
};

/// Lives as long as somebody needs it: its owner, the requests, and the coroutine that speaks.
class Http2Server::Connection final : public Http2WireOf<http2::Session> {
public:
    Connection(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
               HttpSettings const& settings, std::function<void()> on_change);
    static void start(std::shared_ptr<Connection> const& connection);
    void forget_owner() { on_change_ = nullptr; }
    static asio::awaitable<void> close_and_join(std::shared_ptr<Connection> connection);

    Result<void> submit(http2::Request const& request, std::shared_ptr<Http2Asked> asked, bool has_content);
    bool was_used() { return std::exchange(was_used_, true); }
    static asio::awaitable<bool> wait_for_settings(std::shared_ptr<Connection> connection);
    bool has_room() const;
    bool takes_requests() const;
    bool takes_websockets() const { return session().peer_allows_extended_connect(); }
    std::size_t count() const { return session().streams(); }

private:
    void take_events() override;
    void take(http2::SessionEvent const& event);
    std::optional<Failure> failure_of(http2::SessionEvent const& event) const;
    void note_end(std::exception_ptr thrown);
    void change();

    std::function<void()> on_change_;
    async::Event changed_;
    std::map<http2::StreamId, std::shared_ptr<Http2Asked>> asked_;
    bool was_used_ = false, knows_settings_ = false, is_running_ = true;
    std::exception_ptr thrown_;
};

}  // namespace pathology::proxycore::layers
