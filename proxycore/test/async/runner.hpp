// A coroutine that a test runs step by step, and cancels where it likes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <pathology/proxycore/async/cancellation.hpp>
#include <utility>

#include "support/play.hpp"

namespace pathology::proxycore::async {

namespace asio = boost::asio;

class Runner {
public:
    explicit Runner(asio::io_context& context) : context_(context) {}

    /// Runs it up to where it first waits.
    template <class F> Runner& start(F work) {
        asio::co_spawn(context_, std::move(work), asio::bind_cancellation_slot(signal_.slot(), [this](auto thrown) {
                           has_ended_ = true;
                           thrown_ = thrown;
                       }));
        return step();
    }
    /// Runs what is ready.
    Runner& step() {
        context_.restart();
        context_.poll();
        return *this;
    }
    /// Runs it to its end, which may take time.
    Runner& finish() {
        context_.restart();
        context_.run_for(test::patience);
        return *this;
    }
    /// Emits terminal cancellation at the next step. It happens within the loop, where it takes effect at once, right
    /// after `before`: what that resumes finds itself cancelled.
    Runner& cancel(std::function<void()> before = nullptr) {
        asio::post(context_, [this, before = std::move(before)] {
            if (before) before();
            signal_.emit(asio::cancellation_type::terminal);
        });
        return *this;
    }

    bool is_waiting() const { return !has_ended_; }
    bool has_returned() const { return has_ended_ && !thrown_; }
    bool was_cancelled() const { return has_ended_ && thrown_ && is_cancellation(thrown_); }
    std::exception_ptr const& thrown() const { return thrown_; }

private:
    asio::io_context& context_;
    asio::cancellation_signal signal_;
    bool has_ended_ = false;
    std::exception_ptr thrown_;
};

}  // namespace pathology::proxycore::async
