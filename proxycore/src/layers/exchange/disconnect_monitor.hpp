// Notices a client that leaves while its server is slow, at the cost of a deadline on the coarse clock for each
// request.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <pathology/proxycore/async/task.hpp>

#include "async/timer_wheel.hpp"
#include "layers/exchange/http_streams.hpp"

namespace pathology::proxycore::layers {

/// Looks at the client from a second after begin() on. Cancel and join it before the client's stream goes away.
class DisconnectMonitor final : async::TimerWheel::Timer {
public:
    DisconnectMonitor(asio::any_io_executor const& executor, ClientStream& client, std::function<void()> on_abort);

    /// How long a client that has ended its side is still assumed to wait for its response.
    static constexpr std::chrono::seconds grace{1};

    void begin();
    /// How the client left, if it did.
    std::optional<Failure> const& seen() const { return seen_; }
    /// Looks no more. Where nothing was looked at yet, there is nothing to wait for.
    void end() noexcept { disarm(); }
    bool is_looking() const { return looking_.is_running(); }
    asio::awaitable<void> join();

private:
    void on_expired() override;
    asio::awaitable<void> look();

    ClientStream& client_;
    std::function<void()> on_abort_;
    async::Task looking_;
    std::optional<Failure> seen_;
};

}  // namespace pathology::proxycore::layers
