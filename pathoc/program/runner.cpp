// The run: its connections, its limits, its end. One connection is in runner_connection.cpp, its exchanges are in
// runner_exchange.cpp and runner_in_flight.cpp.
//
// is_over ends the connection, stop_ the run. interrupted_ also suppresses reports: the failures that a cancellation
// causes are not those of the server.

#include "program/runner.hpp"

#include <pathology/proxycore/http/escaped.hpp>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/console/program.hpp>
#include <utility>

#include "program/flood.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;
using proxycore::console::Console;
using proxycore::console::ExitCode;

/// The number of exchanges of the run; std::nullopt if it is unknown or unbounded.
std::optional<std::uint64_t> total(ProgramOptions const& options, std::span<Script const> scripts) {
    auto const each = count_messages(scripts);
    bool const picks = options.random_pick && scripts.size() > 1;
    std::uint64_t all = 0;
    if (options.connections < 0 || options.memo || picks || !each ||
        __builtin_mul_overflow(*each, static_cast<std::uint64_t>(options.connections), &all) ||
        __builtin_mul_overflow(all, options.repeat, &all)) {
        return std::nullopt;
    }
    return all;
}

}  // namespace

std::chrono::milliseconds back_off(std::uint64_t failures) {
    constexpr std::chrono::milliseconds first{100}, longest{10'000};
    if (failures == 0) return std::chrono::milliseconds(0);
    constexpr std::uint64_t enough = 7;  // first * 2^7 exceeds the longest
    return std::min(longest, first * (1 << std::min(failures - 1, enough)));
}

Runner::Runner(ProgramOptions const& options, std::span<Script const> scripts, Console& console, Route route,
               proxycore::record::Clock const& clock)
    : options_(options),
      scripts_(scripts),
      console_(console),
      clock_(clock),
      seeds_(options.seed),
      report_(options.form == OutputForm::json ? make_json_report() : make_text_report(options)),
      progress_(console, total(options, scripts), clock.steady_now),
      route_(std::move(route)) {
    if (options.memo) duplicates_.emplace(options.memo_limit);
}

asio::awaitable<void> Runner::run() {
    if (count_messages(scripts_) == 0) co_return;
    bool const allowed = co_await is_allowed();
    if (!allowed) co_return;
    if (options_.parallel == 1) co_return co_await run_in_turn();
    co_await run_at_once();
}

/// Refuses a flood of a target that is not loopback.
asio::awaitable<bool> Runner::is_allowed() {
    if (!options_.owns_target) flood_ = describe_flood(options_, scripts_);
    if (!flood_) co_return true;
    auto lookup = find_foreign_host(route_);
    auto const found = co_await async::with_timeout(options_.time_limit, std::move(lookup));
    auto const foreign = found ? *found : route_.target.host + " (an unknown address)";
    if (!foreign) co_return true;
    refused_ = true;
    proxycore::console::print_error(console_, "pathoc", refuse_flood(*flood_, *foreign));
    co_return false;
}

/// Makes one connection after the other, until all of the run are made.
asio::awaitable<void> Runner::run_in_turn() {
    auto const connections = static_cast<std::uint64_t>(options_.connections);  // -1: practically without end
    while (!stop_ && next_ < connections) {
        auto const ordinal = next_++;
        if (ordinal >= options_.parallel) co_await wait_before_next();
        co_await run_connection(ordinal);
    }
}

/// Does that several times at once. What one of them throws ends the run.
asio::awaitable<void> Runner::run_at_once() {
    async::TaskGroup turns;
    std::exception_ptr thrown;
    auto const end = [&]() -> asio::awaitable<void> {
        turns.cancel_all();
        co_await turns.join();
    };
    auto const keep = [&](std::exception_ptr what) {
        if (!what) return;
        if (!thrown) thrown = what;
        stop_ = true;
    };
    auto const executor = co_await asio::this_coro::executor;
    auto const connections = static_cast<std::uint64_t>(options_.connections);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(options_.parallel, connections); ++i)
        turns.add(executor, run_in_turn(), keep);
    co_await async::finally(turns.join(), end, std::nullopt);
    if (thrown) std::rethrow_exception(thrown);
}

/// A run that never ends must not spend all of its time on a server that is gone.
asio::awaitable<void> Runner::wait_before_next() {
    auto wait = options_.wait;
    if (options_.connections < 0 && unreachable_ > 0)
        wait = std::max<std::chrono::nanoseconds>(wait, back_off(unreachable_));
    if (wait.count() > 0) co_await async::pause(wait);
}

void Runner::print(std::string const& block) {
    progress_.clear();
    console_.out(block);
    // The reader of the pipe is gone, as with `pathoc ... | head`.
    if (console_.out_is_lost()) stop_ = true;
}

void Runner::warn(std::string const& text) {
    progress_.clear();
    console_.err(proxycore::http::terminal_text(text, proxycore::http::WhiteSpace::lines));
}

void Runner::interrupt(int signal) {
    interrupted_ = signal;
    stop_ = true;
    warn("interrupted: " + progress_.summary() + "\n");
}

void Runner::tick() {
    console_.flush();
    progress_.draw();
}

ExitCode Runner::exit_code() const {
    // In the order of what the user has to know first: a wrong spec explains a failure, not the reverse.
    if (interrupted_ != 0) return ExitCode{128 + interrupted_};  // as in shells
    if (refused_) return ExitCode::usage;
    if (failed_) return ExitCode::peer;
    return unconnected_ ? ExitCode::no_connection : ExitCode::done;
}

}  // namespace pathology::pathoc
