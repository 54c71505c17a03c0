// What a wait costs: an Event, and a timer that is cancelled in its place, woken once per round by another coroutine.
#include <benchmark/benchmark.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <new>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/mutex.hpp>

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (auto* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace pathology::proxycore::async {
namespace {

namespace asio = boost::asio;

class TimerEvent {
public:
    explicit TimerEvent(asio::any_io_executor const& executor)
        : timer_(executor, asio::steady_timer::time_point::max()) {}
    void notify() { timer_.cancel(); }
    asio::awaitable<void> wait() { co_await timer_.async_wait(as_values); }

private:
    asio::steady_timer timer_;
};

class PlainEvent : public Event {
public:
    explicit PlainEvent(asio::any_io_executor const&) {}
};

/// Two coroutines wake each other in turn.
template <class E> asio::awaitable<void> respond(E& own, E& other, benchmark::State* state) {
    if (state == nullptr) {
        for (;;) {
            co_await own.wait();
            other.notify();
        }
    }
    auto const before = allocations;
    for ([[maybe_unused]] auto round : *state) {
        other.notify();
        co_await own.wait();
    }
    auto const rounds = static_cast<double>(state->iterations());
    state->counters["allocations/wait"] = static_cast<double>(allocations - before) / rounds / 2;
}

template <class E> void wait_and_notify(benchmark::State& state) {
    asio::io_context context(1);
    E one(context.get_executor()), two(context.get_executor());
    asio::co_spawn(context, respond<E>(two, one, nullptr), asio::detached);
    auto const stop = [&context](std::exception_ptr) { context.stop(); };
    asio::co_spawn(context, respond<E>(one, two, &state), stop);
    context.run();
}
BENCHMARK(wait_and_notify<TimerEvent>);
BENCHMARK(wait_and_notify<PlainEvent>);

asio::awaitable<void> lock_and_unlock(Mutex& mutex, benchmark::State& state) {
    for ([[maybe_unused]] auto round : state) auto const lock = co_await mutex.lock();
}

void free_mutex(benchmark::State& state) {
    asio::io_context context(1);
    Mutex mutex;
    asio::co_spawn(context, lock_and_unlock(mutex, state), asio::detached);
    context.run();
}
BENCHMARK(free_mutex);

}  // namespace
}  // namespace pathology::proxycore::async
