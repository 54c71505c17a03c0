// Output of several threads without mixing, and without a system call for each line:
//
//     out():  hold ─▶ written at once after 10 ms of silence, at 64 KiB, or by flush()
//     err():  hold, flush. On a terminal out() is flushed first, so that the order on the screen is that of the calls.
//
// The mutex covers both streams; a write happens under it, which keeps blocks whole.

#include <pathology/proxycore/console/console.hpp>

#include <utility>

#include "console/output.hpp"

namespace pathology::proxycore::console {
namespace {

constexpr auto quiet_time = std::chrono::milliseconds(10);
constexpr std::size_t max_held = 65536;

}  // namespace

class Console::Streams {
public:
    Streams(std::unique_ptr<OutputDevice> its_out, std::unique_ptr<OutputDevice> its_err)
        : out(std::move(its_out)), err(std::move(its_err)) {}

    void report_dropped() {
        report(out.take_dropped(), "standard output");
        report(err.take_dropped(), "standard error");
    }

    BufferedOutput out, err;

private:
    void report(std::uint64_t lines, std::string_view stream) {
        if (lines == 0) return;
        err.hold("lines dropped from " + std::string(stream) + " because of a slow reader: " + std::to_string(lines) +
                 "\n");
        err.flush();
    }
};

Console::Console(int out, int err, Clock clock)
    : Console(std::make_unique<Streams>(make_device(out), make_device(err)), std::move(clock)) {}

Console::Console(std::string& out, std::string& err, Clock clock)
    : Console(std::make_unique<Streams>(make_device(out), make_device(err)), std::move(clock)) {}

Console::Console(std::unique_ptr<Streams> streams, Clock clock)
    : streams_(std::move(streams)), clock_(std::move(clock)), last_flush_(clock_() - quiet_time) {}

Console::~Console() {
    std::scoped_lock const lock(mutex_);
    auto const deadline = std::chrono::steady_clock::now() + final_wait_;
    streams_->out.finish(deadline);
    streams_->err.finish(deadline);
    streams_->report_dropped();
}

void Console::never_wait(std::chrono::milliseconds final_wait) {
    std::scoped_lock const lock(mutex_);
    final_wait_ = final_wait;
    flush_locked();
    streams_->out.never_wait();
    streams_->err.never_wait();
}

void Console::out(std::string_view block) {
    std::scoped_lock const lock(mutex_);
    auto& out = streams_->out;
    out.hold(block);
    bool const is_full = out.held() >= max_held && !out.is_stuck();
    if (is_full || clock_() - last_flush_ >= quiet_time) flush_locked();
}

void Console::err(std::string_view text) {
    std::scoped_lock const lock(mutex_);
    if (streams_->out.is_terminal() && streams_->err.is_terminal()) flush_locked();
    streams_->err.hold(text);
    streams_->err.flush();
}

void Console::flush() {
    std::scoped_lock const lock(mutex_);
    flush_locked();
}

void Console::flush_locked() {
    streams_->err.flush();
    if (streams_->out.held() > 0) {
        streams_->out.flush();
        last_flush_ = clock_();
    }
    streams_->report_dropped();
}

bool Console::out_is_terminal() const noexcept { return streams_->out.is_terminal(); }

bool Console::err_is_terminal() const noexcept { return streams_->err.is_terminal(); }

std::error_code Console::out_failure() const noexcept {
    std::scoped_lock const lock(mutex_);
    return streams_->out.failure();
}

bool Console::out_is_lost() const noexcept {
    std::scoped_lock const lock(mutex_);
    return streams_->out.is_lost();
}

}  // namespace pathology::proxycore::console
