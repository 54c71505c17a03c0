#include <pathology/proxycore/net/prefixed_stream.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace pathology::proxycore::net {
namespace {

// Streams of long connections are wrapped like this: after the prefix is consumed, its memory is freed and reads pass
// through.
class PrefixedStream final : public Stream {
public:
    PrefixedStream(std::unique_ptr<Stream> next, std::string bytes)
        : next_(std::move(next)), bytes_(std::move(bytes)) {}

    asio::awaitable<ReadResult> read_some(asio::mutable_buffer into) override {
        // After close() the stream reports the error, and the rest of the prefix is dropped.
        if (used_ == bytes_.size() || closed_) return next_->read_some(into);
        return take(into);
    }
    asio::awaitable<error_code> write(std::span<asio::const_buffer const> all) override { return next_->write(all); }
    std::size_t write_now(asio::const_buffer bytes) override { return next_->write_now(bytes); }
    bool has_unsent() const override { return next_->has_unsent(); }
    asio::awaitable<error_code> wait_for_end() override { return next_->wait_for_end(); }
    asio::awaitable<error_code> wait_for_input() override {
        if (bytes_.empty() || closed_) return next_->wait_for_input();
        return at_once();
    }
    void close(CloseMode how) override {
        closed_ = closed_ || ends_reads(how);
        next_->close(how);
    }
    bool shows_truncation() const override { return next_->shows_truncation(); }
    std::size_t unacknowledged() override { return next_->unacknowledged(); }
    void set_time_limit(TimeLimit limit) override { next_->set_time_limit(limit); }
    Endpoint local_endpoint() const override { return next_->local_endpoint(); }
    Endpoint remote_endpoint() const override { return next_->remote_endpoint(); }
    asio::any_io_executor executor() override { return next_->executor(); }

private:
    static asio::awaitable<error_code> at_once() { co_return error_code(); }
    asio::awaitable<ReadResult> take(asio::mutable_buffer into) {
        auto const n = std::min(into.size(), bytes_.size() - used_);
        std::memcpy(into.data(), bytes_.data() + used_, n);
        used_ += n;
        if (used_ == bytes_.size()) {
            used_ = 0;
            // clear() would keep the memory.
            std::string().swap(bytes_);
        }
        co_return ReadResult{{}, n};
    }

    std::unique_ptr<Stream> next_;
    std::string bytes_;
    std::size_t used_ = 0;
    bool closed_ = false;
};

}  // namespace

std::unique_ptr<Stream> unread(std::unique_ptr<Stream> stream, std::string bytes) {
    if (bytes.empty()) return stream;
    return std::make_unique<PrefixedStream>(std::move(stream), std::move(bytes));
}

}  // namespace pathology::proxycore::net
