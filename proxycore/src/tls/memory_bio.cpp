// In place of BIO_s_mem, which copies once more and keeps the size of its largest transfer. 0 <= begin_ <= end_ <=
// capacity_.

#include "tls/memory_bio.hpp"

#include <algorithm>
#include <cstring>

namespace pathology::proxycore::tls {
namespace {

constexpr std::size_t small_room = 2 * 1024;
constexpr std::size_t large_room = 32 * 1024;

Buffers& buffers_of(BIO* bio) { return *static_cast<Buffers*>(BIO_get_data(bio)); }

int read_ex(BIO* bio, char* into, std::size_t size, std::size_t* taken) {
    BIO_clear_retry_flags(bio);
    *taken = buffers_of(bio).incoming.take(into, size);
    if (*taken > 0) return 1;
    // No bytes is not the end of the stream: SSL_read then reports WANT_READ.
    BIO_set_retry_read(bio);
    return 0;
}

int write_ex(BIO* bio, char const* bytes, std::size_t size, std::size_t* written) {
    BIO_clear_retry_flags(bio);
    // Always all of it, so WANT_WRITE does not occur.
    buffers_of(bio).outgoing.append(bytes, size);
    *written = size;
    return 1;
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;  // libssl uses no other command
}

BIO_METHOD* make_method() {
    auto* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pathology buffers");
    BIO_meth_set_read_ex(method, read_ex);
    BIO_meth_set_write_ex(method, write_ex);
    BIO_meth_set_ctrl(method, control);
    return method;
}

}  // namespace

void Intake::make_room(std::size_t size) {
    auto room = std::make_unique_for_overwrite<char[]>(size);
    auto const left = this->size();
    if (left > 0) std::memcpy(room.get(), bytes_.get() + begin_, left);
    bytes_ = std::move(room);
    capacity_ = size;
    begin_ = 0;
    end_ = left;
}

boost::asio::mutable_buffer Intake::prepare() {
    // An idle connection keeps 2 KiB. A read that fills its buffer is the sign of a transfer, and the next one gets 32
    // KiB: two records for each system call. It shrinks again with the first short read.
    auto const wanted = much_comes_ ? large_room : small_room;
    if (begin_ == end_) begin_ = end_ = 0;
    if (capacity_ - end_ < wanted || (begin_ == end_ && capacity_ != wanted)) make_room(size() + wanted);
    return {bytes_.get() + end_, capacity_ - end_};
}

std::string_view Intake::commit(std::size_t n) {
    std::string_view const arrived(bytes_.get() + end_, n);
    end_ += n;
    much_comes_ = end_ == capacity_;
    return arrived;
}

void Intake::append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (capacity_ - end_ < bytes.size()) make_room(size() + bytes.size());
    std::memcpy(bytes_.get() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
}

std::size_t Intake::take(char* into, std::size_t size) {
    auto const n = std::min(size, this->size());
    if (n > 0) std::memcpy(into, bytes_.get() + begin_, n);
    begin_ += n;
    return n;
}

BIO* make_bio(Buffers& buffers) {
    static BIO_METHOD* const method = make_method();  // never freed
    auto* const bio = BIO_new(method);
    BIO_set_data(bio, &buffers);
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace pathology::proxycore::tls
