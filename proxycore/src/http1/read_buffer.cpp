#include "http1/read_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace pathology::proxycore::http1 {

namespace {

constexpr std::size_t max_kept = 8 * 1024;

}  // namespace

// Order: reset an empty buffer, drop a large one, move unread bytes to the front, and only then allocate.
std::span<char> ReadBuffer::prepare(std::size_t size) {
    if (event_ == end_) event_ = read_ = end_ = 0;
    if (end_ == 0 && size < max_kept && capacity_ > max_kept) forget();
    if (capacity_ - end_ < size) move_to_front();
    if (capacity_ - end_ < size) grow(size);
    return {memory_.get() + end_, capacity_ - end_};
}

void ReadBuffer::release() {
    if (read_ < end_) return;
    event_ = read_ = end_ = 0;
    forget();
}

void ReadBuffer::forget() {
    memory_.reset();
    capacity_ = 0;
}

void ReadBuffer::move_to_front() {
    if (event_ == 0) return;
    std::memmove(memory_.get(), memory_.get() + event_, end_ - event_);
    read_ -= event_;
    end_ -= event_;
    event_ = 0;
}

void ReadBuffer::grow(std::size_t size) {
    // Doubling: a head that arrives byte by byte costs linear time.
    auto const capacity = std::max(end_ + size, end_ * 2);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (end_ > 0) std::memcpy(larger.get(), memory_.get(), end_);
    memory_ = std::move(larger);
    capacity_ = capacity;
}

}  // namespace pathology::proxycore::http1
