// Standard output and standard error of a program, shared by its threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

namespace pathology::proxycore::console {

/// The results (out) and diagnostics (err) of a program.
///
/// A block given to out() is never mixed with that of another thread. It is written at once if nothing was written in
/// the last 10 ms, so that lines appear immediately; under load, blocks are buffered up to 64 KiB until flush(), which
/// the program calls regularly. Errors: none. Text is lost if the reader is gone (EPIPE) or the disk is full;
/// out_is_lost() and out_failure() report that. Thread: every function may be called from any thread.
class Console {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// Writes to two file descriptors, which it does not close.
    explicit Console(int out = 1, int err = 2, Clock clock = std::chrono::steady_clock::now);

    /// Writes to two strings, which must outlive the console.
    Console(std::string& out, std::string& err, Clock clock = std::chrono::steady_clock::now);

    ~Console();  ///< flush(); after never_wait() it waits for the reader for a limited time
    Console(Console const&) = delete;
    Console& operator=(Console const&) = delete;

    void out(std::string_view block);
    void err(std::string_view text);  ///< written at once; after the buffer of out() if both are terminals
    void flush();

    /// For servers: from now on no call blocks on a slow reader. Up to 1 MiB of each stream is buffered for it, further
    /// text is dropped, and the number of dropped lines is written to err() once the reader continues, or at the end.
    /// `final_wait` limits how long the destructor waits.
    void never_wait(std::chrono::milliseconds final_wait = std::chrono::seconds(1));

    bool out_is_terminal() const noexcept;
    bool err_is_terminal() const noexcept;

    /// True if the last write of out() failed. Text is lost until a write succeeds again.
    bool out_is_lost() const noexcept;
    /// Why the first write of out() that failed did; no error if none failed. See end_program().
    std::error_code out_failure() const noexcept;

private:
    class Streams;
    Console(std::unique_ptr<Streams> streams, Clock clock);
    void flush_locked();

    std::unique_ptr<Streams> streams_;
    Clock clock_;
    mutable std::mutex mutex_;
    std::chrono::steady_clock::time_point last_flush_{};
    std::chrono::milliseconds final_wait_{};
};

}  // namespace pathology::proxycore::console
