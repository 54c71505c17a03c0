// Watches a server connection while no request uses it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <memory>

#include "async/timer_wheel.hpp"
#include "layers/http1/server.hpp"

namespace pathology::proxycore::upstream {

namespace asio = boost::asio;

/// Reports when an idle connection ends or sends something unasked, and so cannot be used any more. A connection that
/// was opened ahead may send before the first request; only its end is reported.
///
///     idle ── begin() ─▶ armed ── 50 ms ─▶ probing ─▶ on_end
///      ▲                   │                  │
///      └────── end() ──────┴──────────────────┘
///
/// The delay keeps requests in quick succession cheap: they cost a deadline on the coarse clock, and no read.
///
/// Thread: that of the connection.
class IdleMonitor final : async::TimerWheel::Timer {
public:
    explicit IdleMonitor(asio::any_io_executor const& executor);
    ~IdleMonitor() override { end(); }

    /// Calls `on_end` once, from a coroutine of its own, unless end() comes first; it may destroy this object.
    void begin(layers::Http1Server& connection, std::function<void()> on_end);
    /// The same for a connection that was opened ahead.
    void begin(net::Stream& ahead, std::function<void()> on_end);
    /// The stream may be read, or given to close_deferred(), from now on.
    void end() noexcept;
    /// Closes `stream` and keeps its `owner` alive until the cancelled probe has returned.
    void close_deferred(net::Stream& stream, std::shared_ptr<void> owner);

private:
    /// What a probe needs until it returns.
    struct Probe {
        asio::cancellation_signal stop;
        std::function<void()> on_end;
        std::shared_ptr<void> owner{};
        bool is_over = false;
    };
    void on_expired() override;
    static asio::awaitable<void> run(std::shared_ptr<Probe> own, net::Stream& stream, bool may_send);

    asio::any_io_executor executor_;
    layers::Http1Server* connection_ = nullptr;  ///< nullptr if `stream_` was opened ahead
    net::Stream* stream_ = nullptr;
    std::function<void()> on_end_;
    std::shared_ptr<Probe> probe_;
};

}  // namespace pathology::proxycore::upstream
