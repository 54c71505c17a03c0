// The limit of requests that are forwarded at a time.
//
//     acquire() ─┬─ free ─────────────▶ Slot ─▶ destroyed ─▶ the first that waits, else free
//                └─ wait, first come ──▲  └─ limit passed ─▶ nullptr
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::proxycore::forwarder {

namespace asio = boost::asio;

/// Thread: one loop. Slots may outlast this object.
class Slots {
    class State;

public:
    /// Released when it is destroyed.
    class Slot {
    public:
        explicit Slot(std::shared_ptr<State> state) : state_(std::move(state)) {}
        ~Slot();
        Slot(Slot const&) = delete;
        Slot& operator=(Slot const&) = delete;

    private:
        std::shared_ptr<State> state_;
    };

    explicit Slots(std::size_t max);

    /// nullptr if none became free within the limit. Those that wait get slots in the order in which they began to.
    /// Cancel: throws operation_aborted; no slot is lost.
    asio::awaitable<std::unique_ptr<Slot>> acquire(async::TimeLimit limit);

    std::size_t used() const;
    std::size_t waiting() const;

private:
    std::shared_ptr<State> state_;
};

}  // namespace pathology::proxycore::forwarder
