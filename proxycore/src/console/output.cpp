#include "console/output.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <limits>
#include <utility>

namespace pathology::proxycore::console {
namespace {

constexpr std::size_t max_backlog = std::size_t{1} << 20U;
constexpr auto max_wait = std::chrono::seconds(1);  // for the reader of a descriptor that is non-blocking
constexpr std::size_t terminal_step = 256;

std::uint64_t count_lines(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Blocks SIGPIPE in this thread, so that a write to a closed pipe fails with EPIPE and does not end the process. A
/// signal that was pending before stays pending.
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
        if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &at_once);  // removes ours
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    SigpipeBlocked(SigpipeBlocked const&) = delete;
    SigpipeBlocked& operator=(SigpipeBlocked const&) = delete;

private:
    sigset_t sigpipe_{}, before_{};
    bool was_pending_ = false;
};

/// The number of bytes that one write() accepts without blocking once poll() reports POLLOUT: PIPE_BUF for a pipe. The
/// descriptor itself stays blocking, because O_NONBLOCK would count for every process that shares the file description.
std::size_t step_of(int descriptor, bool is_terminal) {
    struct stat about {};
    if (is_terminal) return terminal_step;
    if (::fstat(descriptor, &about) != 0) return PIPE_BUF;
    // Files and devices never report "full" by poll().
    bool const never_blocks = S_ISREG(about.st_mode) || S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode);
    return never_blocks ? std::numeric_limits<std::size_t>::max() : PIPE_BUF;
}

class DescriptorDevice final : public OutputDevice {
public:
    explicit DescriptorDevice(int descriptor)
        : descriptor_(descriptor), terminal_(::isatty(descriptor) == 1), step_(step_of(descriptor, terminal_)) {}

    std::error_code write(std::string_view text) override {
        SigpipeBlocked const blocked;
        while (!text.empty()) {
            auto const n = ::write(descriptor_, text.data(), text.size());
            if (n > 0) {
                text.remove_prefix(static_cast<std::size_t>(n));
            } else if (auto const error = reason_of(n); !may_retry(error)) {
                return error;
            }
        }
        return {};
    }

    boost::system::result<std::size_t, std::error_code> write_now(std::string_view text) override {
        SigpipeBlocked const blocked;
        std::size_t taken = 0;
        while (taken < text.size() && is_writable()) {
            auto const step = std::min(step_, text.size() - taken);
            auto const n = ::write(descriptor_, text.data() + taken, step);
            if (n > 0) {
                taken += static_cast<std::size_t>(n);
            } else if (auto const error = reason_of(n); is_full(error)) {
                break;
            } else if (error != std::errc::interrupted) {
                return error;
            }
        }
        return taken;
    }

    bool wait_until_writable(std::chrono::milliseconds limit) override {
        pollfd waiting{descriptor_, POLLOUT, 0};
        return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
    }

    bool is_terminal() const noexcept override { return terminal_; }

private:
    bool is_writable() { return step_ == std::numeric_limits<std::size_t>::max() || wait_until_writable({}); }
    /// A write() that takes nothing and gives no reason would be repeated for ever.
    static std::error_code reason_of(ssize_t written) { return {written < 0 ? errno : EIO, std::generic_category()}; }
    static bool is_full(std::error_code error) { return error == std::errc::resource_unavailable_try_again; }
    bool may_retry(std::error_code error) {
        return error == std::errc::interrupted || (is_full(error) && wait_until_writable(max_wait));
    }

    int descriptor_;
    bool terminal_;
    std::size_t step_;
};

class TextDevice final : public OutputDevice {
public:
    explicit TextDevice(std::string& text) : text_(text) {}

    std::error_code write(std::string_view text) override {
        text_.append(text);
        return {};
    }
    boost::system::result<std::size_t, std::error_code> write_now(std::string_view text) override {
        text_.append(text);
        return text.size();
    }
    bool wait_until_writable(std::chrono::milliseconds /*limit*/) override { return true; }
    bool is_terminal() const noexcept override { return false; }

private:
    std::string& text_;
};

}  // namespace

std::unique_ptr<OutputDevice> make_device(int descriptor) { return std::make_unique<DescriptorDevice>(descriptor); }

std::unique_ptr<OutputDevice> make_device(std::string& text) { return std::make_unique<TextDevice>(text); }

void BufferedOutput::hold(std::string_view block) {
    // Whole blocks are dropped, so that a line is never cut. Their number is printed when the reader continues.
    if (is_stuck() && held_.size() + block.size() > max_backlog) {
        dropped_ += count_lines(block);
    } else {
        held_.append(block);
    }
}

void BufferedOutput::flush() {
    if (held_.empty()) return;
    // An output that waits keeps every byte: the program is as fast as its reader.
    if (waits_) {
        record(device_->write(held_));
        held_.clear();
        return;
    }
    auto const accepted = device_->write_now(held_);
    record(accepted ? std::error_code() : accepted.error());
    held_.erase(0, accepted ? *accepted : held_.size());
    // The rest stays in held_, so the order of bytes is kept when the reader continues.
    was_refused_ = !held_.empty();
}

void BufferedOutput::record(std::error_code result) {
    lost_ = static_cast<bool>(result);
    if (!failure_) failure_ = result;
}

void BufferedOutput::finish(std::chrono::steady_clock::time_point deadline) {
    using namespace std::chrono;
    flush();
    while (is_stuck()) {
        auto const left = ceil<milliseconds>(deadline - steady_clock::now());
        if (left <= milliseconds::zero() || !device_->wait_until_writable(left)) break;
        flush();
    }
    dropped_ += count_lines(std::exchange(held_, {}));
}

std::uint64_t BufferedOutput::take_dropped() { return is_stuck() ? 0 : std::exchange(dropped_, 0); }

}  // namespace pathology::proxycore::console
