// What must not overlap, one after the other: the hooks of a flow, whichever direction of the conversation calls them
// (P40 G5), and the writes of several to one stream.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <utility>

#include <pathology/proxycore/async/event.hpp>

namespace pathology::proxycore::async {

/// Thread: that of the connection.
class Mutex {
public:
    explicit Mutex(boost::asio::any_io_executor const& executor) : free_(executor) {}

    /// Ends with its destruction.
    class Lock {
    public:
        explicit Lock(Mutex& owner) : owner_(&owner) { owner.is_locked_ = true; }
        ~Lock() {
            if (owner_ == nullptr) return;
            owner_->is_locked_ = false;
            owner_->free_.notify();
        }
        Lock(Lock&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Lock& operator=(Lock&&) = delete;

    private:
        Mutex* owner_;
    };
    /// Waits until nobody has it.
    boost::asio::awaitable<Lock> lock() {
        while (is_locked_) co_await free_.wait();
        co_return Lock(*this);
    }

private:
    Event free_;
    bool is_locked_ = false;
};

}  // namespace pathology::proxycore::async
