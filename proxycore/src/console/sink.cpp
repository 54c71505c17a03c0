#include "console/sink.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <limits>

namespace pathology::proxycore::console {
namespace {

constexpr auto patience = std::chrono::seconds(1);  // with a non-blocking descriptor whose reader does not read
constexpr std::size_t terminal_step = 256;

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

/// How many bytes one write to it takes without waiting once poll() has said that there is room. The descriptor may
/// block: O_NONBLOCK would be set for all who share it. A pipe with room takes a page.
std::size_t step_of(int descriptor, bool is_terminal) {
    struct stat about {};
    if (is_terminal) return terminal_step;
    if (::fstat(descriptor, &about) != 0) return PIPE_BUF;
    bool const never_blocks = S_ISREG(about.st_mode) || S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode);
    return never_blocks ? std::numeric_limits<std::size_t>::max() : PIPE_BUF;
}

class DescriptorSink final : public Sink {
public:
    explicit DescriptorSink(int descriptor)
        : descriptor_(descriptor), terminal_(::isatty(descriptor) == 1), step_(step_of(descriptor, terminal_)) {}

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

    std::optional<std::size_t> write_now(std::string_view text) override {
        SigpipeBlocked const blocked;
        std::size_t taken = 0;
        while (taken < text.size() && has_room()) {
            auto const step = std::min(step_, text.size() - taken);
            auto const n = ::write(descriptor_, text.data() + taken, step);
            if (n > 0) {
                taken += static_cast<std::size_t>(n);
            } else if (n < 0 && is_full()) {
                break;
            } else if (n == 0 || errno != EINTR) {
                return std::nullopt;
            }
        }
        return taken;
    }

    bool wait_for_room(std::chrono::milliseconds limit) override {
        pollfd waiting{descriptor_, POLLOUT, 0};
        return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
    }

    bool is_terminal() const noexcept override { return terminal_; }

private:
    bool has_room() { return step_ == std::numeric_limits<std::size_t>::max() || wait_for_room({}); }
    static bool is_full() { return errno == EAGAIN || errno == EWOULDBLOCK; }
    bool may_retry() { return errno == EINTR || (is_full() && wait_for_room(patience)); }

    int descriptor_;
    bool terminal_;
    std::size_t step_;
};

class TextSink final : public Sink {
public:
    explicit TextSink(std::string& text) : text_(text) {}

    bool write(std::string_view text) override {
        text_.append(text);
        return true;
    }
    std::optional<std::size_t> write_now(std::string_view text) override {
        text_.append(text);
        return text.size();
    }
    bool wait_for_room(std::chrono::milliseconds /*limit*/) override { return true; }
    bool is_terminal() const noexcept override { return false; }

private:
    std::string& text_;
};

}  // namespace

std::unique_ptr<Sink> sink_to(int descriptor) { return std::make_unique<DescriptorSink>(descriptor); }

std::unique_ptr<Sink> sink_to(std::string& text) { return std::make_unique<TextSink>(text); }

}  // namespace pathology::proxycore::console
