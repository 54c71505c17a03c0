#include <pathology/proxycore/console/console.hpp>

#include <utility>

#include "console/outlet.hpp"

namespace pathology::proxycore::console {
namespace {

constexpr auto calm = std::chrono::milliseconds(10);
constexpr std::size_t most_held = 65536;

}  // namespace

class Console::Streams {
public:
    Streams(std::unique_ptr<Sink> its_out, std::unique_ptr<Sink> its_err)
        : out(std::move(its_out)), err(std::move(its_err)) {}

    void tell_left_out() {
        tell(out.take_left_out(), "standard output");
        tell(err.take_left_out(), "standard error");
    }

    Outlet out, err;

private:
    void tell(std::uint64_t lines, std::string_view stream) {
        if (lines == 0) return;
        err.hold("lines left out of " + std::string(stream) + ", as nobody read it: " + std::to_string(lines) + "\n");
        err.flush();
    }
};

Console::Console(int out, int err, Clock clock)
    : Console(std::make_unique<Streams>(sink_to(out), sink_to(err)), std::move(clock)) {}

Console::Console(std::string& out, std::string& err, Clock clock)
    : Console(std::make_unique<Streams>(sink_to(out), sink_to(err)), std::move(clock)) {}

Console::Console(std::unique_ptr<Streams> streams, Clock clock)
    : streams_(std::move(streams)), clock_(std::move(clock)), last_flush_(clock_() - calm) {}

Console::~Console() {
    std::scoped_lock const lock(mutex_);
    auto const limit = std::chrono::steady_clock::now() + last_patience_;
    streams_->out.finish(limit);
    streams_->err.finish(limit);
    streams_->tell_left_out();
}

void Console::never_wait(std::chrono::milliseconds but_at_the_end) {
    std::scoped_lock const lock(mutex_);
    last_patience_ = but_at_the_end;
    flush_locked();
    streams_->out.never_wait();
    streams_->err.never_wait();
}

void Console::out(std::string_view block) {
    std::scoped_lock const lock(mutex_);
    auto& out = streams_->out;
    out.hold(block);
    bool const is_much = out.held() >= most_held && !out.is_stuck();
    if (is_much || clock_() - last_flush_ >= calm) flush_locked();
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
    streams_->tell_left_out();
}

bool Console::out_is_terminal() const noexcept { return streams_->out.is_terminal(); }

bool Console::err_is_terminal() const noexcept { return streams_->err.is_terminal(); }

bool Console::out_is_lost() const noexcept {
    std::scoped_lock const lock(mutex_);
    return streams_->out.is_lost();
}

}  // namespace pathology::proxycore::console
