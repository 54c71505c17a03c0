#include <pathology/kit/failure.hpp>

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <utility>

namespace pathology::kit {
namespace {

void abort_with(Failure const& failure) {
    std::cerr << failure.where.file_name() << ":" << failure.where.line() << ": " << failure.text << "\n" << std::flush;
    std::abort();
}

struct Handler {
    std::mutex mutex;
    FailureHandler call = abort_with;
};

/// Outlives static objects: the daemon of a test suite may be destroyed after main().
Handler& handler() {
    static auto* const only = new Handler;
    return *only;
}

}  // namespace

FailureHandler set_failure_handler(FailureHandler call) {
    auto& only = handler();
    std::scoped_lock const lock(only.mutex);
    return std::exchange(only.call, std::move(call));
}

void fail(std::string text, std::source_location where) {
    auto& only = handler();
    std::unique_lock lock(only.mutex);
    auto const call = only.call;
    lock.unlock();  // it may set another one
    call({std::move(text), where});
}

}  // namespace pathology::kit
