// The read buffer of a connection: the bytes of the last event, unread bytes, and free space.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace pathology::proxycore::http1 {

//   ┌─────────┬──────────────┬────────────────┬────────┐
//   │  free   │ event        │ unread         │  free  │
//   └─────────┴──────────────┴────────────────┴────────┘
//   0      event_          read_            end_   capacity_
class ReadBuffer {
public:
    /// The memory of a large message is not kept for small ones.
    std::span<char> prepare(std::size_t size);
    /// Frees the memory, unless it holds unread bytes.
    void release();
    void commit(std::size_t size) { end_ += size; }

    std::string_view unread() const { return {memory_.get() + read_, end_ - read_}; }
    /// The bytes consumed since the last `begin_event`.
    std::string_view event() const { return {memory_.get() + event_, read_ - event_}; }
    void use(std::size_t size) { read_ += size; }
    void begin_event() { event_ = read_; }

private:
    void forget();
    void move_to_front();
    void grow(std::size_t size);

    std::unique_ptr<char[]> memory_;
    std::size_t capacity_ = 0, event_ = 0, read_ = 0, end_ = 0;
};

}  // namespace pathology::proxycore::http1
