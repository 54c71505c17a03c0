// Standard output and standard error of a program, shared by its threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace pathology::proxycore::console {

/// Where a program's results (out) and talk (err) go.
///
/// A block given to out() is never mixed with another thread's. It is written at once when nothing was in the last
/// 10 ms, so that a person sees every line; under load, blocks gather up to 64 KiB until flush(), which a tick calls.
/// Errors: none come out. A reader that went away (EPIPE) or a full disk costs the text concerned; out_is_lost() tells.
/// Thread: every function may be called from any thread.
class Console {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// Writes to two file descriptors, which stay the caller's.
    explicit Console(int out = 1, int err = 2, Clock clock = std::chrono::steady_clock::now);

    /// Writes to two strings, which must outlive the console.
    Console(std::string& out, std::string& err, Clock clock = std::chrono::steady_clock::now);

    ~Console();  ///< flush(); after never_wait() it waits for a reader, but not for long
    Console(Console const&) = delete;
    Console& operator=(Console const&) = delete;

    void out(std::string_view block);
    void err(std::string_view text);  ///< at once, after what out() holds back when both are one terminal
    void flush();

    /// For programs that serve others: from now on no call waits for a reader. Of each stream 1 MiB is kept for one
    /// that stopped reading, further text is left out, and err() tells how many lines that were, once it reads again or
    /// at the end.
    void never_wait(std::chrono::milliseconds but_at_the_end = std::chrono::seconds(1));

    bool out_is_terminal() const noexcept;
    bool err_is_terminal() const noexcept;

    /// True once the last write of out() failed; what was given since then is lost too as long as that lasts.
    bool out_is_lost() const noexcept;

private:
    class Streams;
    Console(std::unique_ptr<Streams> streams, Clock clock);
    void flush_locked();

    std::unique_ptr<Streams> streams_;
    Clock clock_;
    mutable std::mutex mutex_;
    std::chrono::steady_clock::time_point last_flush_{};
    std::chrono::milliseconds last_patience_{};
};

}  // namespace pathology::proxycore::console
