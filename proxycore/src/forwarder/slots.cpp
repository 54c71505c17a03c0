#include "forwarder/slots.hpp"

#include <list>
#include <pathology/proxycore/async/event.hpp>
#include <utility>

namespace pathology::proxycore::forwarder {

/// Invariant: while somebody waits, every slot is used.
class Slots::State : public std::enable_shared_from_this<State> {
public:
    /// A place in the queue. A slot that it got and that nobody took is released with it.
    struct Waiter {
        explicit Waiter(State& its_state) : state(its_state), place(state.queue.insert(state.queue.end(), this)) {}
        ~Waiter() {
            if (is_queued) state.queue.erase(place);
        }
        Waiter(Waiter const&) = delete;
        Waiter& operator=(Waiter const&) = delete;

        State& state;
        std::unique_ptr<Slot> slot{};
        async::Event given{};
        std::list<Waiter*>::iterator place;
        bool is_queued = true;
    };

    explicit State(std::size_t its_max) : max(its_max) {}

    std::unique_ptr<Slot> take_free() {
        if (used == max) return nullptr;
        ++used;
        return std::make_unique<Slot>(shared_from_this());
    }

    void release() {
        --used;
        if (queue.empty()) return;
        auto& first = *queue.front();
        queue.pop_front();
        first.is_queued = false;
        first.slot = take_free();
        first.given.notify();
    }

    std::size_t max, used = 0;
    std::list<Waiter*> queue{};
};

Slots::Slot::~Slot() { state_->release(); }

Slots::Slots(std::size_t max) : state_(std::make_shared<State>(max)) {}
std::size_t Slots::used() const { return state_->used; }
std::size_t Slots::waiting() const { return state_->queue.size(); }

asio::awaitable<std::unique_ptr<Slots::Slot>> Slots::acquire(async::TimeLimit limit) {
    auto const state = state_;
    if (auto slot = state->take_free()) co_return std::move(slot);
    State::Waiter waiter(*state);
    auto const wait = [](State::Waiter& its_waiter) -> asio::awaitable<void> {
        while (its_waiter.slot == nullptr) co_await its_waiter.given.wait();
    };
    auto waiting = wait(waiter);
    co_await async::with_timeout(limit, std::move(waiting));
    co_return std::move(waiter.slot);
}

}  // namespace pathology::proxycore::forwarder
