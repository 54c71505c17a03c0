// A result that one thread sets and another one waits for, blocking or in a coroutine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/outcome.hpp>
#include <utility>

namespace pathology::proxycore::async {

/// A result that is set once. Copies share it. A hook that needs another thread, such as that of an interpreter, waits
/// without blocking its loop:
///
///     async::Completion<Verdict> done;
///     interpreter.post([setter = done.setter()] { setter.set_value(judge()); });
///     auto const verdict = co_await done.wait();
///
/// An exception is moved: the thread that set it keeps no reference to it. (A std::promise keeps one for a
/// moment, and two threads share the exception then.)
///
/// Thread: all functions of Completion and Setter may be called from any thread. wait() resumes on the executor of its
///         coroutine, which must be one thread or a strand; one coroutine may wait at a time.
/// Cancel: before wait(): throws operation_aborted. While waiting: wait() ends at once with operation_aborted; the
///         result may still be set, and be waited for again. Between the setting and the resumption: wait() returns the
///         result.
/// Owns:   the result, together with the setters; a waiting coroutine that is destroyed is forgotten.
template <class T = void> class Completion {
    class State;

public:
    /// Sets the result; the first call counts. When the last copy of a setter is destroyed unused, it sets an
    /// exception, so that no wait lasts for ever.
    class Setter {
    public:
        void set(Outcome<T> outcome) const { guard_->state->set(std::move(outcome)); }
        void set_exception(std::exception_ptr thrown) const { set(Outcome<T>(std::move(thrown))); }
        void set_value(ValueOf<T> value = ValueOf<T>()) const { set(Outcome<T>(std::move(value))); }

    private:
        friend Completion;
        struct Guard {
            Guard(std::shared_ptr<State> its_state, boost::system::error_code its_error)
                : state(std::move(its_state)), if_abandoned(its_error) {}
            ~Guard() { state->set(Outcome<T>(std::make_exception_ptr(boost::system::system_error(if_abandoned)))); }
            Guard(Guard const&) = delete;
            Guard& operator=(Guard const&) = delete;
            std::shared_ptr<State> state;
            boost::system::error_code if_abandoned;
        };
        explicit Setter(std::shared_ptr<Guard> guard) : guard_(std::move(guard)) {}
        std::shared_ptr<Guard> guard_;
    };

    Completion() : state_(std::make_shared<State>()) {}

    /// `if_abandoned`: what waiting throws (as boost::system::system_error) if the result is never set.
    Setter setter(boost::system::error_code if_abandoned = boost::asio::error::operation_aborted) const {
        return Setter(std::make_shared<typename Setter::Guard>(state_, if_abandoned));
    }

    bool is_set() const { return state_->is_set(); }

    /// Suspends the coroutine until the result is set; returns it or throws it. It can be had once.
    boost::asio::awaitable<ValueOf<T>> wait() const { return wait_for(state_); }

    /// Blocks the thread until then. Not on a loop that the setter needs.
    ValueOf<T> get() const { return state_->block().get(); }

    /// The same as a std::future, instead of the other two.
    std::future<ValueOf<T>> future() const { return state_->future(); }

private:
    static boost::asio::awaitable<ValueOf<T>> wait_for(std::shared_ptr<State> state) {
        auto executor = co_await boost::asio::this_coro::executor;
        typename State::Waiting const waiting(*state, std::move(executor));
        while (!state->is_set()) {
            auto const [ec] = co_await state->changed.wait(as_values);
            if (ec && !state->is_set()) throw boost::system::system_error(ec);
        }
        auto outcome = state->take();
        co_return outcome.get();
    }

    std::shared_ptr<State> state_;
};

template <class T> class Completion<T>::State : public std::enable_shared_from_this<State> {
public:
    /// Names the loop of the coroutine that waits, as long as it does. Whoever sets the result posts to it under the
    /// mutex, so the loop is not destroyed in the meantime.
    class Waiting {
    public:
        Waiting(State& state, boost::asio::any_io_executor executor) : state_(state) {
            std::scoped_lock const lock(state_.mutex_);
            state_.loop_ = std::move(executor);
        }
        ~Waiting() {
            std::scoped_lock const lock(state_.mutex_);
            state_.loop_.reset();
        }
        Waiting(Waiting const&) = delete;
        Waiting& operator=(Waiting const&) = delete;

    private:
        State& state_;
    };

    void set(Outcome<T> outcome) {
        std::scoped_lock const lock(mutex_);
        if (is_set_) return;
        is_set_ = true;
        if (promise_) return fulfil(std::move(outcome));
        outcome_ = std::move(outcome);
        set_.notify_all();
        if (loop_) boost::asio::post(*loop_, [self = this->shared_from_this()] { self->changed.notify(); });
    }

    bool is_set() const {
        std::scoped_lock const lock(mutex_);
        return is_set_;
    }
    Outcome<T> take() {
        std::scoped_lock const lock(mutex_);
        return std::exchange(outcome_, Outcome<T>());
    }
    Outcome<T> block() {
        std::unique_lock lock(mutex_);
        set_.wait(lock, [this] { return is_set_; });
        return std::exchange(outcome_, Outcome<T>());
    }
    std::future<ValueOf<T>> future() {
        std::scoped_lock const lock(mutex_);
        auto future = promise_.emplace().get_future();
        if (is_set_) fulfil(std::exchange(outcome_, Outcome<T>()));
        return future;
    }

    Event changed;  ///< of the loop that waits

private:
    void fulfil(Outcome<T> outcome) {
        if (outcome.has_thrown())
            promise_->set_exception(outcome.thrown());
        else
            promise_->set_value(outcome.get());
    }

    mutable std::mutex mutex_;
    std::condition_variable set_;
    std::optional<boost::asio::any_io_executor> loop_;
    std::optional<std::promise<ValueOf<T>>> promise_;
    Outcome<T> outcome_;
    bool is_set_ = false;
};

}  // namespace pathology::proxycore::async
