// The coroutines that wait for an Event or a Mutex.
//
//   Event / Mutex                         io_context
//   ┌────────────┐                        ┌────────────────┐
//   │ WaiterList │─▶ Waiter ─▶ Waiter ◀───│ WaiterRegistry │   each waiter is linked into both lists
//   └────────────┘      │                 └────────────────┘
//                       └─ completion handler = the suspended coroutine
//
//                  resume, cancel, ~WaiterList                      its turn on the loop
//   waiting (linked) ─────────────────────────▶ posted (unlinked) ───────────────────────▶ resumed, freed
//       │                                           │
//       └── context destroyed ──▶ destroyed ◀───────┘
//
// A waiter is allocated once, from Asio's cache of the thread, and holds no timer. The registry exists because a
// suspended coroutine must be destroyed with its io_context, as a pending operation of Asio is: it may own the very
// Event it waits for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace pathology::proxycore::async {

class WaiterRegistry;

/// One suspended wait, from its start until the coroutine resumes or is destroyed.
class Waiter {
public:
    Waiter(Waiter const&) = delete;
    Waiter& operator=(Waiter const&) = delete;

    /// Posts the completion to the waiter's executor. Does nothing when that has been done before.
    void complete(boost::system::error_code ec);

protected:
    Waiter() = default;
    virtual ~Waiter() = default;

private:
    friend class WaiterList;
    friend class WaiterRegistry;
    struct Resumption;
    using Hook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

    /// Both end the life of this object.
    virtual void resume(boost::system::error_code ec) = 0;
    virtual void destroy() noexcept = 0;
    virtual boost::asio::any_io_executor executor() const = 0;

    Hook in_list_, in_registry_;
    WaiterRegistry* registry_ = nullptr;
    boost::asio::io_context* loop_ = nullptr;  ///< of the executor, where that is all it is
    boost::system::error_code ec_;
};

/// Waiters in the order in which they came.
///
/// Thread: one, or one strand: that of all its waiters.
class WaiterList {
public:
    WaiterList() = default;
    ~WaiterList();  ///< waiters end with operation_aborted
    WaiterList(WaiterList const&) = delete;
    WaiterList& operator=(WaiterList const&) = delete;

    bool empty() const noexcept { return waiters_.empty(); }
    void resume_first();  ///< the list must not be empty
    void resume_all(boost::system::error_code ec = {});

    /// Waits until resumed; `token` is use_awaitable or as_values.
    template <class Token> auto wait(Token token) {
        auto const start = [this]<class Handler>(Handler&& handler) {
            Suspended<std::decay_t<Handler>>::start(*this, std::forward<Handler>(handler));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(start, token);
    }

private:
    template <class Handler> class Suspended final : public Waiter {
    public:
        explicit Suspended(Handler handler) : handler_(std::move(handler)) {}

        static void start(WaiterList& list, Handler handler) {
            Allocator allocator;
            auto* const waiter = ::new (static_cast<void*>(allocator.allocate(1))) Suspended(std::move(handler));
            list.add(*waiter);
            auto slot = boost::asio::get_associated_cancellation_slot(waiter->handler_);
            if (!slot.is_connected()) return;
            slot.assign(
                [waiter](boost::asio::cancellation_type) { waiter->complete(boost::asio::error::operation_aborted); });
        }

    private:
        using Allocator = boost::asio::recycling_allocator<Suspended>;

        /// The handler clears the cancellation slot, which refers to this object until then.
        void resume(boost::system::error_code ec) override {
            auto handler = std::move(handler_);
            destroy();
            std::move(handler)(ec);
        }
        void destroy() noexcept override {
            this->~Suspended();
            Allocator().deallocate(this, 1);
        }
        boost::asio::any_io_executor executor() const override {
            return boost::asio::get_associated_executor(handler_);
        }

        Handler handler_;
    };

    void add(Waiter& waiter);

    using List = boost::intrusive::list<Waiter, boost::intrusive::member_hook<Waiter, Waiter::Hook, &Waiter::in_list_>,
                                        boost::intrusive::constant_time_size<false>>;
    List waiters_;
    WaiterRegistry* registry_ = nullptr;  // of the context that the last waiter ran on
};

}  // namespace pathology::proxycore::async
