// Looks after a server connection between two requests.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/layers/http1/server.hpp>

#include "async/timer_wheel.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Tells when a connection that rests ends, or says something unasked; it is of no use then. One that was opened ahead
/// may say something before anybody asks. It looks from a moment after begin() on, so that requests which follow each
/// other closely cost a deadline on the coarse clock; from then on the connection rests.
///
/// Thread: that of the connection.
class IdleWatch final : async::TimerWheel::Timer {
public:
    explicit IdleWatch(asio::any_io_executor const& executor);
    ~IdleWatch() override { end(); }

    /// `on_end` is called once, from a coroutine of its own, unless end() comes first; it may destroy this object.
    void begin(Http1Server& connection, std::function<void()> on_end);
    /// The same for one that was opened ahead, whose end alone counts.
    void begin(net::Stream& ahead, std::function<void()> on_end);
    /// The stream may be read, or given to bury(), from now on.
    void end() noexcept;
    /// Closes a connection, of either kind, that goes when nobody looks at it any more, a little after end().
    void bury(net::Stream& stream, std::shared_ptr<void> owner);

private:
    /// What a look needs as long as it lasts.
    struct Look {
        asio::cancellation_signal stop;
        std::function<void()> on_end;
        std::shared_ptr<void> buried{};
        bool is_over = false;
    };
    void on_expired() override;
    static asio::awaitable<void> look(std::shared_ptr<Look> own, net::Stream& stream, bool may_speak);

    asio::any_io_executor executor_;
    Http1Server* connection_ = nullptr;  ///< null = `stream_` was opened ahead
    net::Stream* stream_ = nullptr;
    std::function<void()> on_end_;
    std::shared_ptr<Look> looking_;
};

}  // namespace pathology::proxycore::layers
