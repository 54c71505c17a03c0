// What must not overlap, one after the other: the hooks of a flow, whichever direction of the conversation calls them
// (P40 G5), and the writes of several to one stream.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <utility>

#include "layers/bell.hpp"

namespace pathology::proxycore::layers {

/// Thread: that of the connection.
class Turns {
public:
    explicit Turns(boost::asio::any_io_executor const& executor) : free_(executor) {}

    /// Ends with its destruction.
    class Turn {
    public:
        explicit Turn(Turns& owner) : owner_(&owner) { owner.is_taken_ = true; }
        ~Turn() {
            if (owner_ == nullptr) return;
            owner_->is_taken_ = false;
            owner_->free_.ring();
        }
        Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;

    private:
        Turns* owner_;
    };
    /// Waits until nobody has it.
    boost::asio::awaitable<Turn> take() {
        while (is_taken_) co_await free_.wait();
        co_return Turn(*this);
    }

private:
    Bell free_;
    bool is_taken_ = false;
};

}  // namespace pathology::proxycore::layers
