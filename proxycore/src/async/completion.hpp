// How work on one thread ended, for another thread that waits for it.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace pathology::proxycore::async {

/// Hands over what the work threw, whole: the thread that worked keeps no reference to it, so that the one that waited
/// alone owns what it catches. (A promise keeps one for a moment, and the two threads share the exception then.)
class Completion {
public:
    /// Called once; `thrown` is empty when all went well. The completion may be gone on return.
    void set(std::exception_ptr thrown) noexcept {
        std::scoped_lock const lock(mutex_);
        thrown_ = std::move(thrown);
        is_set_ = true;
        changed_.notify_all();
    }

    /// Waits for the end, and throws what was thrown.
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_set_; });
        auto thrown = std::move(thrown_);
        lock.unlock();
        if (thrown) std::rethrow_exception(std::move(thrown));
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::exception_ptr thrown_;
    bool is_set_ = false;
};

}  // namespace pathology::proxycore::async
