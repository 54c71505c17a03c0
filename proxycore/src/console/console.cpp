#include <pathology/proxycore/console/console.hpp>

#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <utility>

namespace pathology::proxycore::console {
namespace {

constexpr auto calm = std::chrono::milliseconds(10);
constexpr std::size_t most_held = 65536;
constexpr int patience_ms = 1000;  // with a non-blocking descriptor whose reader does not read

/// Keeps a write to a closed pipe from ending the process; other writers of the thread see no difference.
class SigpipeBlocked {
public:
    SigpipeBlocked() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        sigset_t waiting;
        sigpending(&waiting);
        was_pending_ = sigismember(&waiting, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    ~SigpipeBlocked() {
        timespec const at_once{};
        if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &at_once);  // take ours off the queue
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    SigpipeBlocked(SigpipeBlocked const&) = delete;
    SigpipeBlocked& operator=(SigpipeBlocked const&) = delete;

private:
    sigset_t sigpipe_{}, before_{};
    bool was_pending_ = false;
};

bool wait_for_room(int descriptor) {
    pollfd waiting{descriptor, POLLOUT, 0};
    return ::poll(&waiting, 1, patience_ms) > 0;
}

}  // namespace

/// Where text goes.
class Console::Sink {
public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    virtual ~Sink() = default;

    virtual bool write(std::string_view text) = 0;  ///< false = (the rest of) it is lost
    virtual bool is_terminal() const noexcept = 0;
};

class Console::Descriptor final : public Sink {
public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor), terminal_(::isatty(descriptor) == 1) {}

    bool write(std::string_view text) override {
        SigpipeBlocked const blocked;
        while (!text.empty()) {
            auto const n = ::write(descriptor_, text.data(), text.size());
            if (n > 0) {
                text.remove_prefix(static_cast<std::size_t>(n));
            } else if (n == 0 || !may_retry()) {
                return false;
            }
        }
        return true;
    }
    bool is_terminal() const noexcept override { return terminal_; }

private:
    bool may_retry() const {
        if (errno == EINTR) return true;
        return (errno == EAGAIN || errno == EWOULDBLOCK) && wait_for_room(descriptor_);
    }

    int descriptor_;
    bool terminal_;
};

class Console::Text final : public Sink {
public:
    explicit Text(std::string& text) : text_(text) {}

    bool write(std::string_view text) override {
        text_.append(text);
        return true;
    }
    bool is_terminal() const noexcept override { return false; }

private:
    std::string& text_;
};

Console::Console(int out, int err, Clock clock)
    : Console(std::make_unique<Descriptor>(out), std::make_unique<Descriptor>(err), std::move(clock)) {}

Console::Console(std::string& out, std::string& err, Clock clock)
    : Console(std::make_unique<Text>(out), std::make_unique<Text>(err), std::move(clock)) {}

Console::Console(std::unique_ptr<Sink> out, std::unique_ptr<Sink> err, Clock clock)
    : out_(std::move(out)), err_(std::move(err)), clock_(std::move(clock)), last_flush_(clock_() - calm) {}

Console::~Console() { flush(); }

void Console::out(std::string_view block) {
    std::scoped_lock const lock(mutex_);
    held_.append(block);
    if (held_.size() >= most_held || clock_() - last_flush_ >= calm) flush_locked();
}

void Console::err(std::string_view text) {
    std::scoped_lock const lock(mutex_);
    if (out_->is_terminal() && err_->is_terminal()) flush_locked();
    err_->write(text);
}

void Console::flush() {
    std::scoped_lock const lock(mutex_);
    flush_locked();
}

void Console::flush_locked() {
    if (held_.empty()) return;
    lost_ = !out_->write(held_);
    held_.clear();
    last_flush_ = clock_();
}

bool Console::out_is_terminal() const noexcept { return out_->is_terminal(); }

bool Console::err_is_terminal() const noexcept { return err_->is_terminal(); }

bool Console::out_is_lost() const noexcept {
    std::scoped_lock const lock(mutex_);
    return lost_;
}

}  // namespace pathology::proxycore::console
